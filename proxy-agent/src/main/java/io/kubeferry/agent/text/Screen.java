package io.kubeferry.agent.text;

import java.io.Console;
import java.io.PrintStream;

/**
 * Shows one text after another: in place of the one before on a terminal, below it elsewhere. One thread only.
 */
public final class Screen {
    private static final String HOME = "\033[H";
    private static final String CLEAR_REST_OF_LINE = "\033[K";
    private static final String CLEAR_BELOW = "\033[J";
    private static final String CLEAR = "\033[2J";

    private final PrintStream out;
    private final boolean inPlace;
    private boolean shownBefore;

    /** Shows on {@code out}; {@code inPlace} says whether that is a terminal. */
    public Screen(PrintStream out, boolean inPlace) {
        this.out = out;
        this.inPlace = inPlace;
    }

    /** Shows on {@code out}, which is the process's standard output. */
    @SuppressWarnings("SystemConsoleNull") // JDK 25 has gone back to null where input or output is no terminal.
    public static Screen of(PrintStream out) {
        Console console = System.console();
        return new Screen(out, console != null && console.isTerminal());
    }

    /** Shows {@code text}, which ends with a line break. */
    public void show(String text) {
        if (inPlace) {
            // Line by line over the old text: a screen that is cleared first flickers.
            out.print(
                    (shownBefore ? HOME : CLEAR + HOME) + text.replace("\n", CLEAR_REST_OF_LINE + "\n") + CLEAR_BELOW);
        } else {
            out.print((shownBefore ? "\n" : "") + text);
        }
        out.flush();
        shownBefore = true;
    }
}
