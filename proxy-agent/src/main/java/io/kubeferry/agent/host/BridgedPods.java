package io.kubeferry.agent.host;

import io.kubeferry.core.model.IpCidr;

/**
 * Pods of this host that are behind one bridge. Immutable.
 *
 * @param range where they have their addresses
 * @param mac the hardware address of the bridge
 */
record BridgedPods(IpCidr range, String mac) {}
