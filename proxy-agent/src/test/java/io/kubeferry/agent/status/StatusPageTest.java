package io.kubeferry.agent.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.agent.http.HttpCall;
import io.kubeferry.agent.http.HttpReply;
import io.kubeferry.agent.http.HttpRoute;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StatusPageTest {
    private static final Pattern REFERENCE = Pattern.compile("(?:src|href|from) ?=? ?\"(\\./)?([a-z]+\\.[a-z]+)\"");
    private static final Pattern INLINE = Pattern.compile("(?i)\\son[a-z]+\\s*=|\\sstyle\\s*=|<style|javascript:");
    private static final Pattern BODY_OF_SCRIPT = Pattern.compile("<script[^>]*>[^<]");
    private static final Pattern MARKUP_FROM_TEXT =
            Pattern.compile("innerHTML|outerHTML|insertAdjacentHTML|document\\.write|\\beval\\b|new Function");

    @Test
    void everyFileOfTheFolderIsServedAndNothingElse() throws Exception {
        try (Stream<Path> files = Files.list(folder())) {
            Set<String> names = files.map(file -> "/" + file.getFileName())
                    .map(name -> name.equals("/index.html") ? "/" : name)
                    .collect(Collectors.toSet());
            assertThat(StatusPage.routes()).containsOnlyKeys(names);
        }
    }

    @Test
    void everyFileThatAnotherOneNamesIsServed() throws Exception {
        for (String path : StatusPage.routes().keySet()) {
            List<String> named = REFERENCE
                    .matcher(text(path))
                    .results()
                    .map(match -> "/" + match.group(2))
                    .toList();
            assertThat(StatusPage.routes().keySet()).as(path).containsAll(named);
        }
        assertThat(text("/")).contains("src=\"app.js\"", "href=\"page.css\"");
    }

    @Test
    void browserIsToldToRunNothingElse() throws Exception {
        for (HttpRoute route : StatusPage.routes().values()) {
            Map<String, String> headers = reply(route).headers();
            assertThat(headers.get("Content-Security-Policy"))
                    .startsWith(
                            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'")
                    .doesNotContain("unsafe");
            assertThat(headers)
                    .containsEntry("X-Content-Type-Options", "nosniff")
                    .containsEntry("X-Frame-Options", "DENY")
                    .containsEntry("Referrer-Policy", "no-referrer");
        }
        assertThat(text("/")).doesNotContainPattern(INLINE).doesNotContainPattern(BODY_OF_SCRIPT);
    }

    @Test
    void noScriptMakesMarkupOfTextOrAsksAnotherHost() throws Exception {
        for (String path : StatusPage.routes().keySet()) {
            assertThat(text(path)).as(path).doesNotContainPattern(MARKUP_FROM_TEXT);
            assertThat(text(path).replace("http://www.w3.org/2000/svg", ""))
                    .as(path)
                    .doesNotContain("http://", "https://");
        }
    }

    private static Path folder() throws Exception {
        URI place = Objects.requireNonNull(StatusPage.class.getResource("page/index.html"))
                .toURI();
        return Objects.requireNonNull(Path.of(place).getParent());
    }

    private static String text(String path) throws Exception {
        return new String(
                reply(Objects.requireNonNull(StatusPage.routes().get(path))).body(), StandardCharsets.UTF_8);
    }

    private static HttpReply reply(HttpRoute route) throws Exception {
        return route.responder()
                .respond(new HttpCall("GET", "/", Map.of(), Map.of(), InetAddress.getLoopbackAddress()));
    }
}
