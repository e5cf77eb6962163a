package io.kubeferry.agent.watch.apiserver;

/** What came of looking for an API server. */
public sealed interface KubeconfigResult {
    /** There is one; whether it answers is another matter. */
    record Found(ApiAccess access) implements KubeconfigResult {}

    /**
     * There is none, or what is said about it makes no sense.
     *
     * @param problem one sentence without a full stop, for the user
     */
    record Unusable(String problem) implements KubeconfigResult {}
}
