package io.kubeferry.core.model;

/** The version of the PROXY protocol header that endpoints get before the client's first byte. */
public enum ProxyProtocol {
    /** A line of text. */
    V1,
    /** Binary. */
    V2
}
