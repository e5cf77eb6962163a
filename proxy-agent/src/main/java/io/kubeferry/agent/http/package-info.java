/**
 * A small HTTP/1.1 server for what the agent shows of itself: health, metrics, the status page.
 *
 * <p>Start at {@link io.kubeferry.agent.http.HttpServer}. Runs on {@link io.kubeferry.agent.http.HttpThreads}, never on the
 * data plane's event loops. The only package of the agent that knows Netty; imports nothing of ours.
 */
@NullMarked
package io.kubeferry.agent.http;

import org.jspecify.annotations.NullMarked;
