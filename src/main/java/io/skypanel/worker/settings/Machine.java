package io.skypanel.worker.settings;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What defaults depend on: this machine, as found at start.
 *
 * @param hostName its name
 * @param processors how many it has
 * @param inContainer whether the worker runs in a container
 * @param workingDirectory where {@code ./routes} is looked for
 * @param installation where the jar lies
 * @param home the user's home
 */
public record Machine(
    String hostName,
    int processors,
    boolean inContainer,
    Path workingDirectory,
    Path installation,
    Path home) {
  private static final Pattern IPV4 =
      Pattern.compile("((25[0-5]|2[0-4]\\d|1?\\d?\\d)(\\.(?!$)|$)){4}");
  private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:]*:[0-9a-fA-F:.]*");

  /** Looks at the machine it runs on. */
  public static Machine look(Map<String, String> environment) {
    return new Machine(
        lookUpHostName(environment),
        Runtime.getRuntime().availableProcessors(),
        isContainer(environment),
        Path.of("").toAbsolutePath(),
        jar().getParent(),
        Path.of(System.getProperty("user.home")));
  }

  /** {@code /var/lib/skypanel-worker} if this user can write there, else below its home. */
  Path defaultStateDir() {
    Path system = Path.of("/var/lib/skypanel-worker");
    boolean writable =
        Files.isWritable(system) || (!Files.exists(system) && Files.isWritable(system.getParent()));
    return writable ? system : home.resolve(".local/state/skypanel-worker");
  }

  /** {@code ./routes}, else {@code routes} beside the jar or one folder up. */
  Optional<Path> defaultRoutesDir() {
    return folderWith("routes", "run-build.camel.yaml");
  }

  /** The Dockerfile templates: those of the working directory, or beside or above the jar. */
  Optional<Path> defaultRuntimesDir() {
    return folderWith("runtimes", "runtimes.yaml");
  }

  private Optional<Path> folderWith(String name, String file) {
    return Stream.of(
            workingDirectory.resolve(name),
            installation.resolve(name),
            installation.resolve("..").resolve(name).normalize())
        .filter(d -> Files.isRegularFile(d.resolve(file)))
        .findFirst();
  }

  /** Whether {@code directory} takes memory rather than disk. */
  boolean isMemoryFileSystem(Path directory) {
    try {
      String type = Files.getFileStore(directory).type();
      return type.equals("tmpfs") || type.equals("ramfs");
    } catch (IOException e) {
      return false;
    }
  }

  /** Whether {@code text} is an address and no name (nothing is looked up). */
  static boolean isIpAddress(String text) {
    return IPV4.matcher(text).matches() || (IPV6.matcher(text).matches() && isIpv6(text));
  }

  /** Nothing is looked up for a text with a colon: it is an address or an error. */
  private static boolean isIpv6(String text) {
    try {
      return InetAddress.getByName(text) != null;
    } catch (UnknownHostException noAddress) {
      return false;
    }
  }

  /** Whether {@code host} is this machine's own loopback, by address or as {@code localhost}. */
  static boolean isLoopback(String host) {
    String bare = host.replaceAll("^\\[|]$", "");
    return bare.equals("localhost") || bare.equals("::1") || bare.startsWith("127.");
  }

  /**
   * A marker of Docker or Podman alone proves nothing: virtual machines made from images keep it,
   * but their root is a block device, where a container's is a layered file system.
   */
  private static boolean isContainer(Map<String, String> environment) {
    boolean marked =
        Files.exists(Path.of("/.dockerenv"))
            || Files.exists(Path.of("/run/.containerenv"))
            || environment.containsKey("container");
    try (Stream<String> mounts = Files.lines(Path.of("/proc/mounts"))) {
      return marked
          && mounts
              .map(line -> line.split(" "))
              .noneMatch(m -> m.length > 1 && m[1].equals("/") && m[0].startsWith("/dev/"));
    } catch (IOException noProc) {
      return marked;
    }
  }

  private static String lookUpHostName(Map<String, String> environment) {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    } catch (IOException noProc) {
      try {
        return InetAddress.getLocalHost().getHostName();
      } catch (UnknownHostException e) {
        return environment.getOrDefault("HOSTNAME", "worker");
      }
    }
  }

  /** The worker's own jar; a folder of classes in its development. */
  public static Path jar() {
    var source = Machine.class.getProtectionDomain().getCodeSource();
    return Path.of(URI.create(source.getLocation().toString())).toAbsolutePath();
  }
}
