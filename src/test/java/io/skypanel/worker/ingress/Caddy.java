package io.skypanel.worker.ingress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.skypanel.worker.TestPorts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/**
 * A Caddy of a test's own on free ports, which keeps all its files in one folder. {@code
 * bin/test-tools} installs the program.
 */
public final class Caddy implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path folder;
  private final int adminPort = TestPorts.free();
  private final int port = TestPorts.free();
  private Process process;

  private Caddy(Path folder) {
    this.folder = folder;
  }

  /** Starts one without any configuration. */
  public static Caddy start(Path folder) throws IOException {
    Caddy caddy = new Caddy(Files.createDirectories(folder));
    caddy.run("null");
    return caddy;
  }

  /** Kills it and starts it again, without any configuration. */
  public void restart() throws IOException {
    close();
    run("null");
  }

  /** Replaces all its apps, as an operator who loads a file; {@code PORT} is {@link #port}. */
  public void load(String apps) {
    assertThat(send("POST", "/load", config(apps)).statusCode()).isEqualTo(200);
  }

  /** Writes to its configuration, as an operator may. */
  public void write(String method, String path, String json) {
    assertThat(send(method, path, json).statusCode()).isEqualTo(200);
  }

  /** Its configuration. */
  public JsonNode config() {
    try {
      return JSON.readTree(send("GET", "/config/", "").body());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** How often anybody has tried to write to its configuration. */
  public long writes() throws IOException {
    return logged("\"received request\"") - logged("\"method\":\"GET\"");
  }

  /** How often it has refused to, because of what somebody else had written meanwhile. */
  public long conflicts() throws IOException {
    return logged("\"status_code\":412");
  }

  private long logged(String text) throws IOException {
    try (Stream<String> lines = Files.lines(folder.resolve("log"))) {
      return lines.filter(line -> line.contains(text)).count();
    }
  }

  public URI adminUrl() {
    return URI.create("http://127.0.0.1:" + adminPort);
  }

  /** A free port for a server of its own. */
  public int port() {
    return port;
  }

  private void run(String apps) throws IOException {
    boolean there =
        Stream.of(System.getenv("PATH").split(":"))
            .anyMatch(entry -> Files.isExecutable(Path.of(entry, "caddy")));
    assertThat(there).as("caddy is missing; run bin/test-tools").isTrue();
    Path config = folder.resolve("caddy.json");
    Files.writeString(config, config(apps));
    ProcessBuilder caddy = new ProcessBuilder("caddy", "run", "--config", config.toString());
    caddy.environment().put("XDG_CONFIG_HOME", folder.resolve("config").toString());
    caddy.environment().put("XDG_DATA_HOME", folder.resolve("data").toString());
    process =
        caddy
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
            .start();
    await().atMost(Duration.ofSeconds(30)).until(this::answers);
  }

  private String config(String apps) {
    return """
        {"admin": {"listen": "127.0.0.1:%d", "enforce_origin": true}, "apps": %s}
        """
        .formatted(adminPort, apps.replace("PORT", Integer.toString(port)));
  }

  private boolean answers() {
    assertThat(process.isAlive()).as("Caddy runs; see " + folder.resolve("log")).isTrue();
    try {
      return send("GET", "/config/", "").statusCode() == 200;
    } catch (AssertionError notYet) {
      return false;
    }
  }

  private HttpResponse<String> send(String method, String path, String body) {
    HttpRequest request =
        HttpRequest.newBuilder(adminUrl().resolve(path))
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .header("Origin", adminUrl().toString())
            .header("Content-Type", "application/json")
            .build();
    try {
      return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
