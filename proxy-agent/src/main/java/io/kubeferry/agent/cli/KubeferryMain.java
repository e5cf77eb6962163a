package io.kubeferry.agent.cli;

/** Where the process starts. */
final class KubeferryMain {
    private KubeferryMain() {}

    public static void main(String[] arguments) {
        Work work = new AgentWork(KubeferryVersion.read(), Environment.ofProcess());
        System.exit(new KubeferryCommand(work, Environment.ofProcess(), System.out, System.err).execute(arguments));
    }
}
