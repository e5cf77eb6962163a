/** Builds the image of {@code deploy/Dockerfile} and runs it in containers. Needs Docker's engine. */
@NullMarked
package io.kubeferry.it.container;

import org.jspecify.annotations.NullMarked;
