/** Starts the packaged command and looks at it from outside. */
@NullMarked
package io.kubeferry.it.process;

import org.jspecify.annotations.NullMarked;
