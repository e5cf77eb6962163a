package io.kubeferry.agent.watch.apiserver;

import io.fabric8.kubernetes.client.OAuthTokenProvider;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bearer token of every request, fetched again once a minute: kubelet rotates token files, and credential plugins give
 * tokens that expire. While fetching fails the last token is used. Thread-safe.
 *
 * <p>fabric8 would read {@code tokenFile} not at all and everything else by a way that throws into an informer's retry,
 * which ends that informer for good; so every token goes through here.
 */
final class TokenSource implements OAuthTokenProvider {
    private static final Logger LOG = LoggerFactory.getLogger(TokenSource.class);
    private static final Duration FRESH = Duration.ofMinutes(1);

    /** Where tokens come from. */
    interface Fetch {
        /** The token; empty where the credentials are of another kind. */
        String fetch() throws UnusableKubeconfigException;
    }

    private final Fetch fetch;
    private final InstantSource clock;
    private String token;
    private Instant fetched;
    private @Nullable String problem;

    /**
     * Fetches the first token.
     *
     * @throws UnusableKubeconfigException if even that fails
     */
    TokenSource(Fetch fetch, InstantSource clock) throws UnusableKubeconfigException {
        this.fetch = fetch;
        this.clock = clock;
        token = headerSafe(fetch.fetch());
        fetched = clock.instant();
    }

    @Override
    public synchronized String getToken() {
        Instant now = clock.instant();
        if (fetched.plus(FRESH).isBefore(now)) {
            fetched = now;
            try {
                token = headerSafe(fetch.fetch());
                problem = null;
            } catch (UnusableKubeconfigException e) {
                if (!String.valueOf(e.getMessage()).equals(problem)) {
                    problem = String.valueOf(e.getMessage());
                    LOG.warn(
                            "credentials for the API server cannot be renewed, the last ones stay in use: {}", problem);
                }
            }
        }
        return token;
    }

    /** A token that no header can carry would be thrown back at the informer that sends it. */
    private static String headerSafe(String token) throws UnusableKubeconfigException {
        String stripped = token.strip();
        if (!stripped.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new UnusableKubeconfigException("the token has characters that no token can have");
        }
        return stripped;
    }
}
