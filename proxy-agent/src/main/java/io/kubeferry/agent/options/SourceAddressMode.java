package io.kubeferry.agent.options;

/** Which source address pods see. */
public enum SourceAddressMode {
    /** The client's own where kube-proxy keeps it and the answer comes back this way, else the node's. */
    AUTO,
    /** Always the node's. */
    NODE
}
