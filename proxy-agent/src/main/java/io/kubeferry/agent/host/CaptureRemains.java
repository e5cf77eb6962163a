package io.kubeferry.agent.host;

import java.util.function.BooleanSupplier;

/**
 * What a process that captured Service addresses leaves for the next one that does. While there is none, what clients send to
 * these addresses is dropped, whoever else would serve them. Thread-safe; every call looks anew, and blocks.
 */
public final class CaptureRemains {
    private final HostCommands commands;
    private final BooleanSupplier anyoneCaptures;

    CaptureRemains(HostCommands commands, BooleanSupplier anyoneCaptures) {
        this.commands = commands;
        this.anyoneCaptures = anyoneCaptures;
    }

    /** For this host. */
    public static CaptureRemains onThisHost() {
        return new CaptureRemains(new SystemCommands(), () -> AgentSlot.isAnyoneAt(AgentSlot.CAPTURE));
    }

    /** Whether they are in force and nobody captures. False where this process has no right to see them. */
    public boolean areInForce() {
        HostCommands.Outcome tables = commands.run("nft", "list", "tables");
        return tables.succeeded()
                && tables.output().lines().anyMatch(line -> line.trim().equals("table " + NftScript.TABLE))
                && !anyoneCaptures.getAsBoolean();
    }
}
