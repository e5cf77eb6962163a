/** The status page in a real browser. */
@NullMarked
package io.kubeferry.it.page;

import org.jspecify.annotations.NullMarked;
