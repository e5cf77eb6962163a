/** What annotations of a Service do, seen from outside the process. */
@NullMarked
package io.kubeferry.it.rules;

import org.jspecify.annotations.NullMarked;
