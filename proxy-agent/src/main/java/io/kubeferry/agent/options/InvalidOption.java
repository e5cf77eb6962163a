package io.kubeferry.agent.options;

/** An option has a value that cannot be. The message is meant for the user and names option, value and expectation. */
public final class InvalidOption extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    private final String option;
    private final String problem;

    /**
     * Refuses {@code value} of {@code option}.
     *
     * @param option the flag or the field as the user knows it: {@code --connect-attempts}
     * @param expected what would do: {@code 1..10}
     */
    public InvalidOption(String option, Object value, String expected) {
        this(option, "%s (expected: %s)".formatted(String.valueOf(value).isEmpty() ? "empty" : value, expected));
    }

    private InvalidOption(String option, String problem) {
        super(option + ": " + problem);
        this.option = option;
        this.problem = problem;
    }

    /** The whole sentence, without its full stop. */
    public String sentence() {
        return option + ": " + problem;
    }

    /** The flag or field whose value is refused. */
    public String option() {
        return option;
    }

    /** The same refusal for someone who knows the option by another name. */
    public InvalidOption renamed(String name) {
        return new InvalidOption(name, problem);
    }
}
