package io.skypanel.worker.chaos;

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
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** The worker under test: a process out of the jar, which can be killed and started again. */
final class ChaosWorker implements AutoCloseable {
  private static final Path PROJECT = Path.of("").toAbsolutePath();
  private static final Duration START_LIMIT = Duration.ofSeconds(90);
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path folder;
  private final Map<String, String> environment;
  private final int port;
  private final int jmxPort;
  private Process process;

  ChaosWorker(Path folder, Map<String, String> environment) throws IOException {
    this.folder = folder;
    this.environment = environment;
    this.port = TestPorts.free();
    this.jmxPort = TestPorts.free();
    environment.put("WORKER_PORT", String.valueOf(port));
    environment.put("JMX_PORT", String.valueOf(jmxPort));
    environment.put("ROUTES_DIR", PROJECT.resolve("routes").toString());
    environment.put("LOG_DIR", folder.resolve("logs").toString());
  }

  /** Begins the process; see {@link #awaitReady}. */
  void start() throws IOException {
    Files.deleteIfExists(outputFile());
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx128m",
                "-Dcamel.main.jmxManagementMBeansLevel=Default", // endpoints are counted
                "-jar",
                PROJECT.resolve("target/skypanel-worker.jar").toString())
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(outputFile().toFile());
    builder.environment().putAll(environment);
    process = builder.start();
  }

  /** Throws IllegalStateException if it does not come up. */
  void awaitReady() throws InterruptedException {
    if (!Wait.until(START_LIMIT, () -> output().contains("Ready: ") || !process.isAlive())
        || !process.isAlive()) {
      throw new IllegalStateException("the worker does not come up, see " + outputFile());
    }
  }

  /** SIGKILL. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** What its last run has printed, and what is there of its log before. */
  String output() throws IOException {
    return Files.exists(outputFile()) ? Files.readString(outputFile()) : "";
  }

  /** Every run's log. */
  Path log() {
    return folder.resolve("logs/combined.log");
  }

  private Path outputFile() {
    return folder.resolve("output.txt");
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  JsonNode status() throws IOException, InterruptedException {
    return JSON.readTree(get("http://127.0.0.1:" + port + "/status").body());
  }

  boolean isReady() throws IOException, InterruptedException {
    return get("http://127.0.0.1:" + port + "/health/ready").statusCode() == 200;
  }

  /** The value of the first metric whose line begins with {@code name}. */
  double metric(String name) throws IOException, InterruptedException {
    return get("http://127.0.0.1:" + port + "/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(name))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  static HttpResponse<String> get(String url) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(5)).build();
    return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
  }

  /** What is done over JMX. */
  interface Managed<T> {
    /** Does it. */
    T with(MBeanServerConnection beans) throws Exception;
  }

  @SuppressWarnings("BanJNDI") // the worker under test is no stranger
  <T> T managed(Managed<T> work) throws Exception {
    JMXServiceURL url =
        new JMXServiceURL("service:jmx:rmi:///jndi/rmi://127.0.0.1:" + jmxPort + "/jmxrmi");
    try (JMXConnector connector = JMXConnectorFactory.connect(url)) {
      return work.with(connector.getMBeanServerConnection());
    }
  }

  /** Has clean-up run soon. */
  void cleanUp() throws Exception {
    managed(
        beans -> {
          Set<ObjectName> contexts =
              beans.queryNames(new ObjectName("org.apache.camel:type=context,*"), null);
          return beans.invoke(
              contexts.iterator().next(),
              "sendBody",
              new Object[] {"seda:clean-up?size=1&discardWhenFull=true", ""},
              new String[] {"java.lang.String", "java.lang.Object"});
        });
  }

  /** SIGTERM, as an operator ends it. */
  @Override
  public void close() throws InterruptedException {
    if (process != null && process.isAlive()) {
      process.destroy();
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        kill();
      }
    }
  }
}
