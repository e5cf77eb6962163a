/** What one process leaves on disk for the next one. */
@NullMarked
package io.kubeferry.it.state;

import org.jspecify.annotations.NullMarked;
