package io.kubeferry.agent.watch.apiserver;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Says in one clause for people why the API server could not be asked. Stateless. */
final class FailureWords {
    private FailureWords() {}

    /** An answer that is no success. */
    static String status(int status) {
        return switch (status) {
            case 401 -> "it does not accept our credentials (401)";
            case 404 -> "it does not know what we ask for (404): is it a Kubernetes API server?";
            case 429 -> "it has too much to do (429)";
            case 500 -> "it has an internal error (500)";
            case 502, 503, 504 -> "it is not ready (" + status + ")";
            default -> "it answers " + status;
        };
    }

    /** No answer at all. */
    static String failure(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String words = certificate(cause);
            if (words != null) {
                return words;
            }
        }
        return switch (failure) {
            case HttpTimeoutException e -> "no answer in time";
            case SSLException e -> tls(e);
            case NoRouteToHostException e -> "no route to it";
            case ConnectException e when unresolved(e) -> "its name cannot be resolved";
            case ConnectException e ->
                e.getMessage() == null || e.getCause() instanceof ClosedChannelException
                        ? "connection refused"
                        : lower(e.getMessage());
            case UnknownHostException e -> "its name cannot be resolved";
            case UnresolvedAddressException e -> "its name cannot be resolved";
            case EOFException e -> "it closed the connection";
            case IOException e
            when e.getMessage() != null && e.getMessage().contains("received no bytes") -> "it closed the connection";
            case Throwable e -> e.getMessage() == null ? e.getClass().getSimpleName() : lower(e.getMessage());
        };
    }

    private static boolean unresolved(@Nullable Throwable failure) {
        return failure != null && (failure instanceof UnresolvedAddressException || unresolved(failure.getCause()));
    }

    private static @Nullable String certificate(Throwable cause) {
        return switch (cause) {
            case CertificateExpiredException e -> "its certificate has expired (" + e.getMessage() + ")";
            case CertificateNotYetValidException e -> "its certificate is not valid yet (" + e.getMessage() + ")";
            case CertPathBuilderException e ->
                "its certificate is not signed by the authority that the kubeconfig names";
            case java.security.cert.CertificateException e
            when e.getMessage() != null && e.getMessage().contains("subject alternative") ->
                "its certificate is for another host (" + e.getMessage() + ")";
            case Throwable _ -> null;
        };
    }

    private static String tls(SSLException failure) {
        String message = String.valueOf(failure.getMessage());
        return message.startsWith("Received fatal alert: ") || message.startsWith("(certificate_")
                ? "it refused our TLS handshake or client certificate (" + message + ")"
                : "TLS failed (" + message + ")";
    }

    private static String lower(String message) {
        return message.isEmpty() ? message : message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1);
    }
}
