package io.kubeferry.agent.watch.apiserver;

import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/** A kubeconfig that cannot be used. Its message is one sentence for people; it never leaves this package. */
final class UnusableKubeconfigException extends Exception {
    private static final long serialVersionUID = 1;

    UnusableKubeconfigException(String problem) {
        // Bad input is no bug of ours: no stack trace is wanted, nor shown.
        super(problem, null, false, false);
    }

    /** The problem that {@code cause} tells about, as one line. */
    UnusableKubeconfigException(String problem, Throwable cause) {
        this(problem + ": " + deepestReason(cause));
    }

    private static String deepestReason(Throwable cause) {
        Throwable deepest = cause;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        if (deepest instanceof MarkedYamlEngineException yaml) {
            int line = yaml.getProblemMark().map(Mark::getLine).orElse(0) + 1;
            return "line " + line + ": " + yaml.getProblem().strip();
        }
        String message = deepest.getMessage();
        return message == null
                ? deepest.getClass().getSimpleName()
                : message.strip().replaceAll("\\s+", " ");
    }
}
