/** Builds what {@code deploy/} holds and compares it with what the packaged command really takes. No cluster needed. */
@NullMarked
package io.kubeferry.it.deploy;

import org.jspecify.annotations.NullMarked;
