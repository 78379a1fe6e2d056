package io.skypanel.worker.settings;

import static io.skypanel.worker.settings.SettingsReader.require;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The table of settings: for each its name, its default, what is valid, and what a wrong value is
 * told.
 */
final class SettingsTable {
  private static final int LEAST_TOKEN_CHARS = 16;
  private static final long MIB = 1L << 20;
  private static final long GIB = 1L << 30;
  private static final long SMALLEST_APP_BYTES = 6L << 20; // Docker refuses less

  private SettingsTable() {}

  /** Reads and checks every setting; throws with all problems at once. */
  static WorkerSettings read(SettingSources sources, Machine machine) throws SettingsException {
    SettingsReader in = new SettingsReader(sources);
    URI url = PanelSettingsTable.url(in);
    String hostName = machine.hostName();
    Path stateDir = in.writableDirectory(Setting.STATE_DIR, machine.defaultStateDir());
    var settings =
        new WorkerSettings(
            url,
            PanelSettingsTable.authorities(in),
            in.text(Setting.WORKER_NAME, hostName),
            in.text(Setting.WORKER_HOSTNAME, hostName),
            PanelSettingsTable.ipAddress(in, machine, url),
            PanelSettingsTable.credentials(in),
            port(in),
            address(in, Setting.WORKER_BIND, machine.inContainer() ? "0.0.0.0" : "127.0.0.1"),
            in.read(
                Setting.WORKER_SHARD,
                Shard.ALL,
                "i/n with i from 1 to n, such as 1/2",
                Shard::parse),
            workspaceDir(in, machine),
            stateDir,
            routesDir(in, machine),
            in.read(Setting.LOG_DIR, Path.of("logs"), "a path", v -> Path.of(v)),
            in.text(Setting.BUILD_QUEUE, "seda:builds"),
            in.number(Setting.MAX_CONCURRENT_BUILDS, 3, 1, 64),
            Duration.ofMinutes(in.number(Setting.BUILD_TIMEOUT_MINUTES, 15, 1, 120)),
            stageLimits(in),
            Duration.ofMinutes(in.number(Setting.CLEANUP_INTERVAL_MINUTES, 30, 1, 1440)),
            Duration.ofSeconds(in.number(Setting.HEARTBEAT_INTERVAL_SECONDS, 30, 1, 3600)),
            Duration.ofSeconds(in.number(Setting.POLL_INTERVAL_SECONDS, 10, 1, 3600)),
            docker(in),
            GitSettingsTable.read(in),
            ImageSettingsTable.read(in, machine),
            appLimits(in, machine),
            AppIsolationTable.read(in),
            in.read(
                Setting.APP_PORT_RANGE,
                new PortRange(20000, 29999),
                "two ports, such as 20000-29999",
                PortRange::parse),
            address(in, Setting.APP_BIND, "0.0.0.0"),
            DeploySettingsTable.read(in, stateDir),
            in.number(Setting.KEEP_IMAGES, 3, 1, 1000),
            in.number(Setting.BUILD_CACHE_GB, 20, 0, 1_000_000) * GIB,
            in.read(Setting.CACHE_DIR, stateDir.resolve("cache"), "a path", v -> Path.of(v)),
            in.number(Setting.MIRROR_CACHE_MB, 5120, 0, 1_000_000) * MIB,
            reserves(in),
            apiToken(in),
            RedactSettings.read(in),
            logLevel(in),
            jmx(in),
            in.warnings());
    if (!in.problems().isEmpty()) {
      throw new SettingsException(in.problems());
    }
    return settings;
  }

  private static Optional<String> apiToken(SettingsReader in) {
    Optional<String> token =
        in.find(Setting.WORKER_API_TOKEN).map(String::strip).filter(t -> !t.isEmpty());
    if (token.filter(t -> t.length() < LEAST_TOKEN_CHARS).isPresent()) {
      in.warn(
          "WORKER_API_TOKEN has fewer than "
              + LEAST_TOKEN_CHARS
              + " characters, so it may be guessed: set a longer one, as 'openssl rand -hex 32'"
              + " prints it, or none, and one is made");
    }
    return token;
  }

  private static String address(SettingsReader in, Setting setting, String byDefault) {
    return in.read(
        setting,
        byDefault,
        "an IPv4 or IPv6 address",
        v -> require(Machine.isIpAddress(v) || v.equals("localhost"), v));
  }

  private static Path workspaceDir(SettingsReader in, Machine machine) {
    Path directory = in.writableDirectory(Setting.WORKSPACE_DIR, Path.of("/tmp/skypanel-builds"));
    if (machine.isMemoryFileSystem(directory)) {
      in.warn(
          "WORKSPACE_DIR "
              + directory
              + " is on a memory file system: checkouts will take this machine's memory");
    }
    return directory;
  }

  private static Optional<Path> routesDir(SettingsReader in, Machine machine) {
    if (in.find(Setting.ROUTES_DIR).isEmpty()) {
      return machine.defaultRoutesDir();
    }
    return in.directory(Setting.ROUTES_DIR, "a folder with route files (*.camel.yaml)");
  }

  private static DockerEndpoint docker(SettingsReader in) {
    OptionalInt port =
        in.find(Setting.DOCKER_PORT).isEmpty()
            ? OptionalInt.empty()
            : OptionalInt.of(in.number(Setting.DOCKER_PORT, 2375, 1, 65535));
    boolean tls = in.flag(Setting.DOCKER_TLS_VERIFY);
    Optional<Path> certs = in.find(Setting.DOCKER_CERT_PATH).map(Path::of);
    if (tls && certs.filter(p -> p.resolve("ca.pem").toFile().canRead()).isEmpty()) {
      in.problem(
          Setting.DOCKER_CERT_PATH,
          certs.map(Path::toString).orElse(""),
          "a folder with ca.pem, cert.pem and key.pem, since DOCKER_TLS_VERIFY is set");
    }
    return in.read(
        Setting.DOCKER_HOST,
        new DockerEndpoint(DockerEndpoint.LOCAL_SOCKET, false, Optional.empty()),
        "a path, unix://…, tcp://host:port, http(s)://host:port or a host name",
        v -> DockerEndpoint.of(v, port, tls, certs));
  }

  private static AppLimits appLimits(SettingsReader in, Machine machine) {
    long memory = memory(in, Setting.APP_MEMORY, GIB, SMALLEST_APP_BYTES);
    double cpus = cpus(in, Setting.APP_CPUS, 1.0, machine);
    return new AppLimits(
        memory,
        cpus,
        memory(in, Setting.APP_MAX_MEMORY, Math.max(memory, 4 * GIB), memory),
        cpus(in, Setting.APP_MAX_CPUS, machine.processors(), machine));
  }

  private static long memory(SettingsReader in, Setting setting, long byDefault, long least) {
    String atLeast = least == SMALLEST_APP_BYTES ? "of 6m or more" : "no smaller than APP_MEMORY";
    return in.read(
        setting,
        byDefault,
        "an amount " + atLeast + ", such as 512m or 1.5g",
        v -> {
          long bytes = AppLimits.parseBytes(v);
          return require(bytes >= least, bytes);
        });
  }

  private static double cpus(
      SettingsReader in, Setting setting, double byDefault, Machine machine) {
    int processors = machine.processors();
    return in.read(
        setting,
        byDefault,
        "a number from 0.1 to " + processors + ", this machine's processors",
        v -> {
          double number = Double.parseDouble(v);
          return require(number >= 0.1 && number <= processors, number);
        });
  }

  private static StageLimits stageLimits(SettingsReader in) {
    return new StageLimits(
        Duration.ofMinutes(in.number(Setting.CHECKOUT_TIMEOUT_MINUTES, 10, 1, 120)),
        Duration.ofMinutes(in.number(Setting.IMAGE_TIMEOUT_MINUTES, 120, 1, 120)),
        Duration.ofMinutes(in.number(Setting.START_TIMEOUT_MINUTES, 10, 1, 120)));
  }

  private static Reserves reserves(SettingsReader in) {
    String amount = "an amount, such as 2g or 512m; 0 for none";
    return new Reserves(
        in.read(Setting.MIN_FREE_DISK, 2 * GIB, amount, SettingsTable::bytes),
        in.number(Setting.MIN_FREE_DISK_PERCENT, 5, 0, 50),
        in.read(Setting.MIN_FREE_MEMORY, GIB / 2, amount, SettingsTable::bytes));
  }

  private static long bytes(String text) {
    long bytes = AppLimits.parseBytes(text);
    return require(bytes >= 0, bytes);
  }

  private static String logLevel(SettingsReader in) {
    return in.read(
        Setting.LOG_LEVEL,
        "info",
        "debug, info, warn or error",
        v -> {
          String level = v.toLowerCase(Locale.ROOT);
          return require(List.of("debug", "info", "warn", "error").contains(level), level);
        });
  }

  private static Optional<WorkerSettings.Jmx> jmx(SettingsReader in) {
    if (in.find(Setting.JMX_PORT).isEmpty()) {
      return Optional.empty();
    }
    int port = in.number(Setting.JMX_PORT, 1099, 1, 65535);
    String host = in.text(Setting.JMX_HOST, "127.0.0.1");
    Optional<Path> passwords =
        in.read(
            Setting.JMX_PASSWORD_FILE,
            Optional.empty(),
            "a readable file with lines of user name and password",
            v -> Optional.of(require(Path.of(v).toFile().canRead(), Path.of(v))));
    if (!Machine.isLoopback(host) && passwords.isEmpty()) {
      in.missing(
          Setting.JMX_PASSWORD_FILE,
          "a file with user name and password, since JMX_HOST " + host + " is not loopback");
    }
    return Optional.of(new WorkerSettings.Jmx(host, port, passwords));
  }

  static URI statusAddress(SettingSources sources) throws SettingsException {
    SettingsReader in = new SettingsReader(sources);
    int port = port(in);
    String bind = address(in, Setting.WORKER_BIND, "127.0.0.1");
    if (!in.problems().isEmpty()) {
      throw new SettingsException(in.problems());
    }
    String host = bind.equals("0.0.0.0") || bind.equals("::") ? "127.0.0.1" : bind;
    return URI.create(
        "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port + "/");
  }

  private static int port(SettingsReader in) {
    return in.number(Setting.WORKER_PORT, 3001, 1, 65535);
  }
}
