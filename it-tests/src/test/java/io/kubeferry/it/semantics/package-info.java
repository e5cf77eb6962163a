/** What Services come to, by {@code kubeferry plan} and by {@code kubeferry run} over real sockets, from the same folder. */
@NullMarked
package io.kubeferry.it.semantics;

import org.jspecify.annotations.NullMarked;
