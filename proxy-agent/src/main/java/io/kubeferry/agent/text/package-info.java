/** Text for terminals. Imports nothing of ours. */
@NullMarked
package io.kubeferry.agent.text;

import org.jspecify.annotations.NullMarked;
