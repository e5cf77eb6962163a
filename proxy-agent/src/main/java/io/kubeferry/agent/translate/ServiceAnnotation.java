package io.kubeferry.agent.translate;

/** Every annotation of a Service that kubeferry reads: the table of record, which the README shows. */
enum ServiceAnnotation {
    BALANCE(
            "balance",
            "round-robin, least-connections or random",
            "round-robin",
            "Which endpoint gets a connection: each in its turn; of two drawn at random the one with fewer connections,"
                    + " counted exactly, where a new endpoint gets its full share only after 30 s; or one drawn at random."),
    PROXY_PROTOCOL(
            "proxy-protocol",
            "v1 or v2",
            "none",
            "Tell endpoints the client's address in a PROXY protocol header before the first byte. They must expect it."),
    CONNECT_TIMEOUT(
            "connect-timeout",
            "a duration from 1ms to 5m",
            "--connect-timeout",
            "How long one endpoint may take to accept while another is untried."),
    IDLE_TIMEOUT(
            "idle-timeout",
            "a duration of 1s or more",
            "--idle-timeout",
            "Reset connections that are silent in both directions for this long. Looked at once a second."),
    MAX_CONNECTIONS(
            "max-connections",
            "a number from 1 to 1000000",
            "none",
            "How many connections each port of the Service may have on this node. Those beyond are reset."),
    ON_ENDPOINT_REMOVAL(
            "on-endpoint-removal",
            "keep, drain=DURATION or reset",
            "keep",
            "What happens to established connections when their endpoint is in no slice of the Service any more"
                    + " (a terminating one still is), or the Service is deleted: they go on, are reset after a while, or at"
                    + " once."),
    SET_ASIDE(
            "set-aside",
            "on or off",
            "on",
            "Leave an endpoint that cannot be connected out for 1 s, and twice as long each time it fails again, up to 30 s,"
                    + " while others work.");

    /** What the names of all annotations begin with. */
    static final String PREFIX = "kubeferry.io/";

    private final String key;
    private final String expected;
    private final String otherwise;
    private final String meaning;

    ServiceAnnotation(String name, String expected, String otherwise, String meaning) {
        this.key = PREFIX + name;
        this.expected = expected;
        this.otherwise = otherwise;
        this.meaning = meaning;
    }

    /** The annotation's name, with prefix. */
    String key() {
        return key;
    }

    /** Its values, in words. */
    String expected() {
        return expected;
    }

    /** What holds without it, and with a value that makes no sense. */
    String otherwise() {
        return otherwise;
    }

    String meaning() {
        return meaning;
    }
}
