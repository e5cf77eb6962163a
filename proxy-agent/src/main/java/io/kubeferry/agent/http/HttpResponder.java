package io.kubeferry.agent.http;

/** Answers requests. What it throws becomes a 500 and a line in the log. Called on the thread that its route names. */
@FunctionalInterface
public interface HttpResponder {
    /** The answer to {@code call}. */
    HttpReply respond(HttpCall call) throws Exception;
}
