/**
 * The command line: from the user's words to validated options, a log and an exit code.
 *
 * <p>Start at {@link io.kubeferry.agent.cli.KubeferryCommand}; {@link io.kubeferry.agent.cli.Flag} lists the flags. Imports
 * {@code agent}, {@code agent.options} and {@code agent.demo}.
 */
@NullMarked
package io.kubeferry.agent.cli;

import org.jspecify.annotations.NullMarked;
