/**
 * The command line: from the user's words to validated options and an exit code.
 *
 * <p>Start at {@link io.kubeferry.agent.cli.KubeferryCommand}.
 */
@NullMarked
package io.kubeferry.agent.cli;

import org.jspecify.annotations.NullMarked;
