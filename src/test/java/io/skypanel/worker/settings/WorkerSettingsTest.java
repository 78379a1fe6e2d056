package io.skypanel.worker.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkerSettingsTest {
  @TempDir Path folder;
  private final Map<String, String> environment = new HashMap<>();

  @BeforeEach
  void setWhatIsRequired() {
    environment.put("SKYPANEL_URL", "https://panel.example.com/");
    environment.put("STATE_DIR", folder.resolve("state").toString());
    environment.put("WORKSPACE_DIR", folder.resolve("work").toString());
  }

  private Machine machine(boolean container) {
    return new Machine("build-1", 4, container, folder, folder, folder);
  }

  private WorkerSettings read() throws SettingsException {
    return WorkerSettings.read(SettingSources.read(environment, folder), machine(false));
  }

  private List<String> problems() {
    return catchThrowableOfType(SettingsException.class, this::read).problems();
  }

  @Test
  void nothingIsFetchedFromPortsOfTheWorkersAndOfWhatItSteers() throws Exception {
    assertThat(read().ownPorts()).containsExactly(3001);

    environment.put("JMX_PORT", "9010");
    environment.put("DOCKER_HOST", "tcp://127.0.0.1:2375");
    environment.put("INGRESS", "caddy");
    environment.put("INGRESS_DOMAIN", "apps.example.com");

    assertThat(read().ownPorts()).containsExactlyInAnyOrder(3001, 9010, 2375, 2019);
  }

  @Test
  void everyDefaultIsAsTheTableSays() throws Exception {
    WorkerSettings settings = read();

    assertThat(settings.skypanelUrl()).isEqualTo(URI.create("https://panel.example.com"));
    assertThat(settings.workerName()).isEqualTo("build-1");
    assertThat(settings.workerHostname()).isEqualTo("build-1");
    assertThat(settings.workerIpAddress()).isEmpty();
    assertThat(settings.givenCredentials()).isEmpty();
    assertThat(settings.port()).isEqualTo(3001);
    assertThat(settings.bind()).isEqualTo("127.0.0.1");
    assertThat(settings.shard()).isEqualTo(Shard.ALL);
    assertThat(settings.routesDir()).isEmpty();
    assertThat(settings.buildQueue()).isEqualTo("seda:builds");
    assertThat(settings.maxConcurrentBuilds()).isEqualTo(3);
    assertThat(settings.buildTimeout()).isEqualTo(Duration.ofMinutes(15));
    assertThat(settings.cleanupInterval()).isEqualTo(Duration.ofMinutes(30));
    assertThat(settings.heartbeatInterval()).isEqualTo(Duration.ofSeconds(30));
    assertThat(settings.pollInterval()).isEqualTo(Duration.ofSeconds(10));
    assertThat(settings.docker().host()).isEqualTo("unix:///var/run/docker.sock");
    assertThat(settings.appLimits())
        .isEqualTo(new AppLimits(1L << 30, 1, 4L << 30, settings.appLimits().maxCpus()));
    assertThat(settings.appPorts()).isEqualTo(new PortRange(20000, 29999));
    assertThat(settings.appBind()).isEqualTo("0.0.0.0");
    assertThat(settings.deploy().deployTimeout()).isEqualTo(Duration.ofSeconds(60));
    assertThat(settings.deploy().ingress()).isEmpty();
    assertThat(settings.deploy().stayUp()).isEqualTo(Duration.ofSeconds(3));
    assertThat(settings.deploy().retireAfter()).isEqualTo(Duration.ofSeconds(30));
    assertThat(settings.deploy().appLabels()).isEmpty();
    assertThat(settings.keepImages()).isEqualTo(3);
    assertThat(settings.buildCacheBytes()).isEqualTo(20L << 30);
    assertThat(settings.logLevel()).isEqualTo("info");
    assertThat(settings.jmx()).isEmpty();
  }

  @Test
  void everyExplicitValueIsTaken() throws Exception {
    environment.putAll(
        Map.ofEntries(
            Map.entry("SKYPANEL_URL", "http://panel:8080/base/"),
            Map.entry("WORKER_NAME", "north"),
            Map.entry("WORKER_HOSTNAME", "north.example.com"),
            Map.entry("WORKER_IP_ADDRESS", "2001:db8::1"),
            Map.entry("WORKER_NODE_ID", "node"),
            Map.entry("WORKER_AUTH_TOKEN", "token"),
            Map.entry("WORKER_PORT", "4000"),
            Map.entry("WORKER_BIND", "0.0.0.0"),
            Map.entry("WORKER_SHARD", "2/3"),
            Map.entry("BUILD_QUEUE", "jms:queue:builds"),
            Map.entry("MAX_CONCURRENT_BUILDS", "64"),
            Map.entry("BUILD_TIMEOUT_MINUTES", "120"),
            Map.entry("CLEANUP_INTERVAL_MINUTES", "1"),
            Map.entry("HEARTBEAT_INTERVAL_SECONDS", "3600"),
            Map.entry("POLL_INTERVAL_SECONDS", "1"),
            Map.entry("DOCKER_HOST", "engine.example.com"),
            Map.entry("DOCKER_PORT", "2375"),
            Map.entry("APP_MEMORY", "1.5g"),
            Map.entry("APP_CPUS", "0.5"),
            Map.entry("APP_PORT_RANGE", "30000-30010"),
            Map.entry("APP_BIND", "127.0.0.1"),
            Map.entry("APP_MAX_MEMORY", "2g"),
            Map.entry("APP_LABELS", "traefik.enable=true; rule=Host(`{slug}.example.com`)"),
            Map.entry("APP_RUNTIME", "runsc"),
            Map.entry("APP_USERNS", "host"),
            Map.entry("APP_ULIMITS", "nproc=100:200, core=-1"),
            Map.entry("APP_NETWORK", "app"),
            Map.entry("APP_NETWORK_POOL", "base=10.9.0.0/16,size=27"),
            Map.entry("APP_FIREWALL", "1"),
            Map.entry("INGRESS", "caddy"),
            Map.entry("INGRESS_DOMAIN", "apps.example.com"),
            Map.entry("INGRESS_LISTEN", "http://:8080"),
            Map.entry("DEPLOY_TIMEOUT_SECONDS", "5"),
            Map.entry("KEEP_IMAGES", "1"),
            Map.entry("BUILD_CACHE_GB", "0"),
            Map.entry("REDACT_NAMES", "*KEY*, MY_*"),
            Map.entry("REDACT_TOKENS", "one-token, another"),
            Map.entry("LOG_LEVEL", "DEBUG"),
            Map.entry("JMX_PORT", "9010")));

    WorkerSettings settings = read();

    assertThat(settings.skypanelUrl()).isEqualTo(URI.create("http://panel:8080/base"));
    assertThat(settings.workerIpAddress()).contains("2001:db8::1");
    assertThat(settings.givenCredentials())
        .contains(new WorkerSettings.Credentials("node", "token"));
    assertThat(settings.port()).isEqualTo(4000);
    assertThat(settings.shard()).isEqualTo(new Shard(2, 3));
    assertThat(settings.buildQueue()).isEqualTo("jms:queue:builds");
    assertThat(settings.maxConcurrentBuilds()).isEqualTo(64);
    assertThat(settings.docker().host()).isEqualTo("tcp://engine.example.com:2375");
    assertThat(settings.appLimits()).isEqualTo(new AppLimits(3L << 29, 0.5, 2L << 30, 4));
    assertThat(settings.deploy().appLabels())
        .containsExactly(
            Map.entry("traefik.enable", "true"), Map.entry("rule", "Host(`{slug}.example.com`)"));
    assertThat(settings.isolation())
        .isEqualTo(
            new AppIsolation(
                Optional.of("runsc"),
                AppIsolation.Users.HOST,
                List.of(
                    new AppIsolation.Ulimit("nproc", 100, 200),
                    new AppIsolation.Ulimit("core", -1, -1)),
                AppIsolation.Networks.APP,
                new NetworkPool(IpNetwork.parse("10.9.0.0/16"), 27),
                true));
    DeploySettings.Ingress ingress = settings.deploy().ingress().orElseThrow();
    assertThat(ingress.domain()).isEqualTo("apps.example.com");
    assertThat(ingress.listen()).isEqualTo(":8080");
    assertThat(ingress.tls()).isFalse();
    assertThat(ingress.directory().getFileName().toString())
        .isEqualTo(settings.stateDir().getFileName() + "-ingress");
    assertThat(settings.appPorts()).isEqualTo(new PortRange(30000, 30010));
    assertThat(settings.buildCacheBytes()).isZero();
    assertThat(settings.redact().names()).containsExactly("*KEY*", "MY_*");
    assertThat(settings.redact().tokens()).containsExactly("one-token", "another");
    assertThat(settings.logLevel()).isEqualTo("debug");
    assertThat(settings.jmx())
        .contains(new WorkerSettings.Jmx("127.0.0.1", 9010, Optional.empty()));
  }

  @Test
  void everyProblemIsNamedAtOnceWithItsValueAndWhatWouldBeRight() {
    environment.remove("SKYPANEL_URL");
    environment.put("MAX_CONCURRENT_BUILDS", "65");
    environment.put("WORKER_NODE_ID", "node");
    environment.put("WORKER_SHARD", "3/2");
    environment.put("APP_CPUS", "5");
    environment.put("APP_PORT_RANGE", "10");
    environment.put("WORKER_NAME", " ");
    environment.put("DOCKER_HOST", "::");

    assertThat(problems())
        .hasSize(8)
        .anyMatch(p -> p.startsWith("SKYPANEL_URL is not set: it must be the panel's http"))
        .contains("MAX_CONCURRENT_BUILDS is '65': it must be a whole number from 1 to 64")
        .anyMatch(p -> p.startsWith("WORKER_AUTH_TOKEN is not set"))
        .anyMatch(p -> p.startsWith("WORKER_SHARD is '3/2'"))
        .contains("APP_CPUS is '5': it must be a number from 0.1 to 4, this machine's processors")
        .anyMatch(p -> p.startsWith("APP_PORT_RANGE is '10'"))
        .contains("WORKER_NAME is ' ': it must be not blank")
        .anyMatch(p -> p.startsWith("DOCKER_HOST is '::'"));
  }

  @Test
  void whatKeepsAppsApartIsNeverGuessed() {
    environment.put("APP_RUNTIME", "../runc");
    environment.put("APP_USERNS", "private");
    environment.put("APP_ULIMITS", "nofile=10:5");
    environment.put("APP_NETWORK", "none");
    environment.put("APP_NETWORK_POOL", "10.0.0.0/8");

    assertThat(problems())
        .hasSize(5)
        .contains("APP_USERNS is 'private': it must be default, host or remap")
        .contains("APP_NETWORK is 'none': it must be organization, app or default")
        .anyMatch(p -> p.startsWith("APP_NETWORK_POOL is '10.0.0.0/8': it must be base=addresses"))
        .anyMatch(p -> p.startsWith("APP_ULIMITS is 'nofile=10:5'"))
        .anyMatch(p -> p.startsWith("APP_RUNTIME is '../runc'"));
  }

  @Test
  void aPasswordInAWrongUrlIsNotShown() {
    environment.put("SKYPANEL_URL", "https://admin:hunter2@panel.example.com");

    assertThat(problems())
        .singleElement()
        .asString()
        .contains("SKYPANEL_URL is 'https://****@panel.example.com'", "without user")
        .doesNotContain("hunter2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://admin:hunter2/hunter2@panel.example.com",
        "admin:hunter2@panel.example.com",
        "admin:hunter2/@hunter2@panel.example.com"
      })
  void aProblemShowsNothingOfAPasswordThatIsNotEncoded(String address) {
    environment.put("SKYPANEL_URL", address);
    environment.put("DOCKER_HOST", address);
    assertThat(problems())
        .hasSize(2)
        .allMatch(p -> p.contains("****@panel.example.com'") && !p.contains("hunter2"));
  }

  @Test
  void whatOnlyLooksLikeAnAddressIsNone() {
    environment.put("WORKER_IP_ADDRESS", "1:2");
    environment.put("WORKER_BIND", ":");

    assertThat(problems())
        .hasSize(2)
        .anyMatch(p -> p.startsWith("WORKER_IP_ADDRESS is '1:2'"))
        .anyMatch(p -> p.startsWith("WORKER_BIND is ':'"));
  }

  @Test
  void aFileThatCantBeReadIsAProblemLikeAnyOther() throws Exception {
    Files.write(folder.resolve(".env"), new byte[] {'A', '=', (byte) 0xff, '\n'});
    Files.writeString(folder.resolve("application.properties"), "worker.name=\\u12\n");

    assertThat(problems())
        .hasSize(2)
        .anyMatch(p -> p.contains(".env can't be read"))
        .anyMatch(p -> p.contains("application.properties can't be read"));
  }

  @Test
  void theStatusIsAskedForWhereTheWorkerIsBound() throws Exception {
    environment.put("WORKER_PORT", "4000");
    environment.put("WORKER_BIND", "::1");
    assertThat(WorkerSettings.statusAddress(SettingSources.read(environment, folder)))
        .isEqualTo(URI.create("http://[::1]:4000/"));
    environment.put("WORKER_BIND", "0.0.0.0");
    assertThat(WorkerSettings.statusAddress(SettingSources.read(environment, folder)))
        .isEqualTo(URI.create("http://127.0.0.1:4000/"));
  }

  @Test
  void inAContainerTheAddressIsRequired() {
    var error =
        catchThrowableOfType(
            SettingsException.class,
            () -> WorkerSettings.read(SettingSources.read(environment, folder), machine(true)));

    assertThat(error.problems()).singleElement().asString().startsWith("WORKER_IP_ADDRESS");
  }

  @Test
  void theEnvironmentWinsOverDotEnvAndThatOverTheProperties() throws Exception {
    Files.writeString(
        folder.resolve("application.properties"),
        "keep.images=7\nworker.name=from-properties\nMAX_CONCURRENT_BUILDS=5\n");
    Files.writeString(
        folder.resolve(".env"),
        "# the old agent's file\nexport WORKER_NAME=\"from dot env\"\nKEEP_IMAGES=6 # some\n");
    environment.put("KEEP_IMAGES", "5");

    WorkerSettings settings = read();

    assertThat(settings.keepImages()).isEqualTo(5);
    assertThat(settings.workerName()).isEqualTo("from dot env");
    assertThat(settings.maxConcurrentBuilds()).isEqualTo(5);
  }

  @Test
  void aLoopbackAddressForAPanelElsewhereIsAWarning() throws Exception {
    environment.put("WORKER_IP_ADDRESS", "127.0.0.1");

    assertThat(read().warnings()).singleElement().asString().contains("WORKER_IP_ADDRESS");
  }

  @Test
  void aPanelElsewhereWithoutTlsIsAWarning() throws Exception {
    environment.put("SKYPANEL_URL", "http://panel.example.com");
    assertThat(read().warnings())
        .singleElement()
        .asString()
        .startsWith("SKYPANEL_URL is http://panel.example.com: the worker's token");

    environment.put("SKYPANEL_URL", "http://127.0.0.1:4000");
    assertThat(read().warnings()).isEmpty();
  }

  @Test
  void aShortApiTokenIsAWarningThatDoesNotShowIt() throws Exception {
    environment.put("WORKER_API_TOKEN", "hunter2-hunter2");
    assertThat(read().warnings())
        .singleElement()
        .asString()
        .startsWith("WORKER_API_TOKEN has fewer than 16 characters")
        .doesNotContain("hunter2");

    environment.put("WORKER_API_TOKEN", "hunter2-hunter2-");
    assertThat(read().warnings()).isEmpty();
  }

  @Test
  void aFileWithoutCertificatesIsNoAuthority() throws Exception {
    environment.put(
        "SKYPANEL_CA_FILE", Files.writeString(folder.resolve("ca.pem"), "x").toString());

    assertThatThrownBy(this::read)
        .isInstanceOfSatisfying(
            SettingsException.class,
            e ->
                assertThat(e.problems())
                    .singleElement()
                    .asString()
                    .contains("SKYPANEL_CA_FILE", "ca.pem", "X.509"));
  }

  @Test
  void aWorkspaceInMemoryIsAWarning() throws Exception {
    Path memory = Files.createTempDirectory(Path.of("/dev/shm"), "workspace");
    try {
      environment.put("WORKSPACE_DIR", memory.toString());

      assertThat(read().warnings())
          .singleElement()
          .asString()
          .isEqualTo(
              "WORKSPACE_DIR "
                  + memory
                  + " is on a memory file system: checkouts will take this machine's memory");
    } finally {
      Files.delete(memory);
    }
  }

  @Test
  void jmxBeyondLoopbackNeedsAPasswordFile() {
    environment.put("JMX_PORT", "9010");
    environment.put("JMX_HOST", "192.0.2.1");

    assertThat(problems()).singleElement().asString().startsWith("JMX_PASSWORD_FILE is not set");
  }

  @Test
  void anUnwritableStateFolderIsNamedWithTheReason() throws Exception {
    Path file = Files.createFile(folder.resolve("file"));
    environment.put("STATE_DIR", file.toString());

    assertThat(problems())
        .singleElement()
        .asString()
        .isEqualTo(
            "STATE_DIR is '"
                + file
                + "': it must be a folder this user can write to (a file stands in the way)");
  }

  @Test
  void theEngineMayBeGivenAsPathUrlOrBareHost() {
    var noPort = java.util.OptionalInt.empty();
    assertThat(
            DockerEndpoint.of("/run/user/1000/docker.sock", noPort, false, Optional.empty()).host())
        .isEqualTo("unix:///run/user/1000/docker.sock");
    assertThat(DockerEndpoint.of("https://engine", noPort, false, Optional.empty()))
        .isEqualTo(new DockerEndpoint("tcp://engine:2376", true, Optional.empty()));
    assertThat(DockerEndpoint.of("tcp://[::1]:2375", noPort, false, Optional.empty()).isLocal())
        .isTrue();
    assertThatThrownBy(() -> DockerEndpoint.of("a b", noPort, false, Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shardsShareOutEveryAppExactlyOnce() {
    for (int app = 0; app < 1000; app++) {
      String id = "app-" + app;
      long takers =
          java.util.stream.IntStream.rangeClosed(1, 3)
              .filter(i -> new Shard(i, 3).takes(id))
              .count();
      assertThat(takers).isEqualTo(1);
    }
  }

  @Test
  void aTokenToBeMaskedThatIsTooShortIsNotShown() {
    environment.put("REDACT_TOKENS", "long-enough,abc");
    assertThat(problems())
        .singleElement()
        .asString()
        .startsWith("REDACT_TOKENS is '****'")
        .contains("4 characters or more");
  }
}
