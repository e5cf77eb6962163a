package io.kubeferry.agent.watch.apiserver;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.kubeferry.agent.state.ClusterEvent;
import io.kubeferry.agent.translate.NodeTranslator;
import io.kubeferry.agent.watch.NodeAnswer;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One question to the API server for one Node, which does not wait for a server that is away. Thread-safe. */
final class NodeQuestion {
    private static final int FORBIDDEN = 403;

    private final ApiConnection connection;
    private final String nodeName;

    NodeQuestion(ApiConnection connection, String nodeName) {
        this.connection = connection;
        this.nodeName = nodeName;
    }

    NodeAnswer ask(Duration patience) {
        FutureTask<NodeAnswer> question = new FutureTask<>(this::get);
        // Apart, since looking up the server's name may take a while, and cannot be ended.
        Thread.ofPlatform().daemon().name("api-node-question").start(question);
        try {
            return question.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException slow) {
            return unknown("no answer in time");
        } catch (ExecutionException failure) {
            return unknown(words(failure.getCause()));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return unknown("interrupted");
        }
    }

    private NodeAnswer get() {
        Node node = connection.client().nodes().withName(nodeName).get();
        return node != null && NodeTranslator.translate(node) instanceof ClusterEvent.NodeApplied applied
                ? new NodeAnswer.Found(applied.node())
                : new NodeAnswer.Missing();
    }

    private static String words(@Nullable Throwable failure) {
        return switch (failure) {
            case null -> "no answer";
            case KubernetesClientException refused
            when refused.getCode() == FORBIDDEN -> "it does not let us read it (403)";
            case KubernetesClientException refused when refused.getCode() > 0 -> FailureWords.status(refused.getCode());
            case Throwable unreachable -> FailureWords.failure(beneathWrapping(unreachable));
        };
    }

    /** The client wraps what happened once as its own exception, and once or more often as a plain one. */
    private static Throwable beneathWrapping(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null
                && (cause instanceof KubernetesClientException || cause.getClass() == IOException.class)) {
            cause = cause.getCause();
        }
        return cause;
    }

    private NodeAnswer unknown(String reason) {
        return new NodeAnswer.Unknown("API server " + connection.server() + " cannot be asked: " + reason);
    }
}
