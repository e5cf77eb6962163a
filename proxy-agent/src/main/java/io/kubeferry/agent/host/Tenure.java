package io.kubeferry.agent.host;

/**
 * What one process has to do with the table of captured addresses, of which the process that came last is the owner.
 * Pure.
 *
 * <pre>
 *         MAKE              another one's, and that one is at work: YIELD
 *   NEW ───────► HOLDING ──────────────────────────────────────────────► YIELDED
 *                 ▲   ▲ │ changed: REPAIR                                   │
 *                 │   └─┘                                                   │
 *                 └─────────── no other one is at work: TAKE_BACK ──────────┘
 * </pre>
 */
enum Tenure {
    /** This process has made no table yet. */
    NEW,
    /** The table is, or was when last seen, this process's. */
    HOLDING,
    /** Another process has made the table its own. */
    YIELDED;

    /** The table as it was found. */
    enum Found {
        /** As this process left it. */
        INTACT,
        /** Not there, or changed by some other program, or never what this process wanted. */
        AMISS,
        /** Of another process. */
        ANOTHERS
    }

    /** What is to be done. */
    enum Move {
        /** Nothing. */
        NONE,
        /** Make the table, in the place of whatever is there. */
        MAKE,
        /** Make it anew, as it was. */
        REPAIR,
        /** Leave it to the other process. */
        YIELD,
        /** Make it this process's again: its owner has gone. */
        TAKE_BACK;

        /** What this process is once it has done this, having been {@code before}. */
        Tenure after(Tenure before) {
            return switch (this) {
                case NONE -> before;
                case MAKE, REPAIR, TAKE_BACK -> HOLDING;
                case YIELD -> YIELDED;
            };
        }
    }

    /**
     * What to do about the table.
     *
     * @param alone whether no other process is at work, and this one is not about to leave
     */
    Move move(Found found, boolean alone) {
        return switch (this) {
            case NEW -> Move.MAKE;
            case HOLDING ->
                switch (found) {
                    case INTACT -> Move.NONE;
                    case AMISS -> Move.REPAIR;
                    case ANOTHERS -> alone ? Move.TAKE_BACK : Move.YIELD;
                };
            case YIELDED -> alone ? Move.TAKE_BACK : Move.NONE;
        };
    }
}
