package io.kubeferry.agent.testing;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Keys and certificates of a cluster, made by the JDK's keytool. Confined to one thread. */
public final class ClusterKeys {
    private static final String PASSWORD = "changeit";

    private final Path store;

    /** An authority, and place for what it signs, in {@code folder}. */
    public ClusterKeys(Path folder) throws IOException, InterruptedException {
        store = folder.resolve("keys.p12");
        keytool("ca", "CN=test-ca", "-ext", "bc:c=ca:true");
    }

    /** Makes a key and a certificate that the cluster's authority signs. */
    public void issue(String alias, String subject, String... options) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of("-signer", "ca"));
        all.addAll(List.of(options));
        keytool(alias, subject, all.toArray(String[]::new));
    }

    /** A certificate in PEM. */
    public String certificate(String alias) throws IOException, GeneralSecurityException {
        return pem("CERTIFICATE", open().getCertificate(alias).getEncoded());
    }

    /** A private key in PEM. */
    public String key(String alias) throws IOException, GeneralSecurityException {
        return pem("PRIVATE KEY", open().getKey(alias, PASSWORD.toCharArray()).getEncoded());
    }

    /** What a server needs that has the key of {@code alias}, and knows clients by certificates of this authority. */
    public SSLContext serverContext(String alias) throws IOException, GeneralSecurityException {
        KeyStore all = open();
        KeyStore identity = KeyStore.getInstance("PKCS12");
        identity.load(null, null);
        char[] password = PASSWORD.toCharArray();
        identity.setKeyEntry(alias, all.getKey(alias, password), password, all.getCertificateChain(alias));
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(identity, password);
        KeyStore authorities = KeyStore.getInstance("PKCS12");
        authorities.load(null, null);
        authorities.setCertificateEntry("ca", all.getCertificate("ca"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(authorities);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    /** Forgets all of it. */
    public void delete() throws IOException {
        Files.delete(store);
    }

    private void keytool(String alias, String subject, String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                alias,
                "-dname",
                subject,
                "-keyalg",
                "RSA",
                "-keysize",
                "2048",
                "-validity",
                "2",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD));
        command.addAll(List.of(options));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(command + ": " + output);
        }
    }

    private KeyStore open() throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        return keys;
    }

    private static String pem(String kind, byte[] der) {
        return "-----BEGIN " + kind + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + kind + "-----\n";
    }
}
