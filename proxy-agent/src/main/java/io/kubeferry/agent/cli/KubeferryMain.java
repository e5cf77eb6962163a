package io.kubeferry.agent.cli;

/** Where the process starts. */
final class KubeferryMain {
    private KubeferryMain() {}

    public static void main(String[] arguments) {
        Work work = new AgentWork(KubeferryVersion.read(), Environment.ofProcess());
        int exitCode = new KubeferryCommand(work, Environment.ofProcess(), System.out, System.err).execute(arguments);
        Logging.finish();
        System.exit(exitCode);
    }
}
