package io.kubeferry.agent.cli;

import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * What {@code kubeferry status} is asked. Immutable.
 *
 * @param agent where the agent answers
 * @param service {@code NAMESPACE/NAME} or a name; empty means all
 */
record StatusQuestion(InetSocketAddress agent, Optional<String> service, StatusFormat format, Repetition repetition) {}
