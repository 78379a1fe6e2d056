package io.skypanel.worker.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Holds the context that is sent here against the one that Docker's own command line sends, which
 * is caught by a server that stands in for the engine: it has to say nothing about images.
 */
class DockerIgnoreIT {
  @TempDir Path checkout;

  @BeforeEach
  void makeATree() throws IOException {
    for (String file :
        new String[] {
          "Dockerfile",
          "README.md",
          "a.txt",
          "node_modules/x/index.js",
          "node_modules/keep.txt",
          "src/main.js",
          "src/main.test.js",
          "src/deep/er/main.test.js",
          "src/deep/er/keep.txt",
          "docs/a.md",
          "docs/keep/b.md",
          ".git/HEAD",
          ".env",
          ".env.example",
          "x[1]/y",
          "c++"
        }) {
      Path path = checkout.resolve(file);
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.equals("Dockerfile") ? "FROM scratch\n" : file);
    }
    Files.createDirectory(checkout.resolve("empty"));
    Files.createSymbolicLink(checkout.resolve("src/link"), Path.of("../docs"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "# nothing\n\n",
        "node_modules\n.git\n.env*\n!.env.example",
        "*\n!src\n!a.txt",
        "*\n!src/deep/er/keep.txt",
        "*\n!**/keep.txt",
        "**/*.test.js\n*.md",
        "docs/**\n!docs/keep",
        "docs\n!docs/keep/b.md",
        "docs/\n/src/deep/\n./a.txt",
        "**/keep*",
        "src/**/main.test.js",
        "**",
        "**\n!src/**",
        "Dockerfile\n.dockerignore",
        "!docs\ndocs",
        "x\\[1\\]\n?.txt",
        "[a-c]*",
        "src/*\n!src/deep\nsrc/deep/er/*.js",
        "/",
        ".",
        "src/../docs",
        "**/er\n!**/er/keep.txt",
        "**.md\n**modules",
        "*\n!**keep.txt",
        "src\n!src\nsrc/deep\n!src",
        "# caf\u00e9\n\\*\n[^\\]]*.md",
      })
  void sendsWhatDockersCommandLineSends(String ignore) throws Exception {
    Files.writeString(checkout.resolve(".dockerignore"), ignore);
    ContextArchive archive =
        new ContextArchive(
            checkout, IgnoreFile.read(checkout, "Dockerfile"), new RecordedProgress());

    Set<String> sent;
    try (ContextPipe pipe = ContextPipe.open(archive, "compared")) {
      sent = names(pipe);
    }

    assertThat(sent).isEqualTo(sentByCommandLine());
  }

  private Set<String> sentByCommandLine() throws Exception {
    CompletableFuture<Set<String>> caught = new CompletableFuture<>();
    HttpServer engine =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    engine.createContext(
        "/",
        exchange -> {
          try (exchange) {
            String path = exchange.getRequestURI().getPath();
            if (path.endsWith("/build")) {
              caught.complete(names(exchange.getRequestBody()));
            }
            exchange.getResponseHeaders().add("Api-Version", "1.41");
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            boolean head = exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(200, head ? -1 : 0);
            if (head) {
              return;
            }
            exchange.getResponseBody().write("{}".getBytes(StandardCharsets.UTF_8));
          }
        });
    engine.start();
    try {
      ProcessBuilder build = new ProcessBuilder("docker", "build", "-q", checkout.toString());
      build.environment().put("DOCKER_HOST", "tcp://127.0.0.1:" + engine.getAddress().getPort());
      build.environment().put("DOCKER_BUILDKIT", "0");
      build.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
      Process process = build.start();
      Set<String> names = caught.get(20, TimeUnit.SECONDS);
      process.waitFor();
      return names;
    } finally {
      engine.stop(0);
    }
  }

  private static Set<String> names(InputStream tar) throws IOException {
    Set<String> names = new TreeSet<>();
    try (TarArchiveInputStream entries =
        new TarArchiveInputStream(new ByteArrayInputStream(tar.readAllBytes()))) {
      TarArchiveEntry entry;
      while ((entry = entries.getNextEntry()) != null) {
        names.add(entry.getName());
      }
    }
    return names;
  }
}
