package io.kubeferry.agent.watch.manifests;

/** A whole manifest that cannot be understood. Its message is one clause for people, with the line where there is one. */
final class UnreadableManifestException extends Exception {
    private static final long serialVersionUID = 1;

    UnreadableManifestException(String reason) {
        // Bad input is no bug of ours: no stack trace is wanted, nor shown.
        super(reason, null, false, false);
    }

    static UnreadableManifestException at(int line, String reason) {
        return new UnreadableManifestException("line " + line + ": " + reason);
    }
}
