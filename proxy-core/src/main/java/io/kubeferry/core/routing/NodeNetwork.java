package io.kubeferry.core.routing;

import java.net.InetAddress;

/** What this node knows of a client by its address. Thread-safe; asked on event loops, so it must not block. */
public interface NodeNetwork {
    /** The name of this node, as endpoints have it. */
    String nodeName();

    /** Where {@code client} is. */
    ClientOrigin origin(InetAddress client);

    /** Whether {@code client} is a pod of this node, so that answers to it come through here from everywhere. */
    boolean isPodOfThisNode(InetAddress client);

    /** How the answers of {@code endpoint}, which is on this node, to {@code client} come back. */
    AnswerPath answerPath(InetAddress client, InetAddress endpoint);
}
