package io.kubeferry.agent.saved;

/** A state file cannot be used. The message is a clause that names the field, the value found and what was expected. */
public final class UnusableStateException extends Exception {
    private static final long serialVersionUID = 1;
    private static final int SHOWN_CHARS = 80;

    /** Cannot be used, for {@code reason}. */
    public UnusableStateException(String reason) {
        super(reason);
    }

    /** {@code field} is {@code found}. */
    UnusableStateException(String field, Object found, String expected) {
        super(field + ": " + shown(found) + " (expected: " + expected + ")");
    }

    /** On one line, and no longer than someone wants to read. */
    private static String shown(Object value) {
        String text = value.toString().replaceAll("\\p{Cntrl}", "?");
        return text.length() > SHOWN_CHARS ? text.substring(0, SHOWN_CHARS) + "…" : text;
    }

    /** The clause. */
    String reason() {
        return String.valueOf(getMessage());
    }
}
