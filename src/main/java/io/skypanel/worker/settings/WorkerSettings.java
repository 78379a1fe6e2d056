package io.skypanel.worker.settings;

import java.net.URI;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Every setting, checked. Made once at start; immutable. {@code application.properties.example}
 * describes each.
 *
 * @param skypanelUrl the panel's base, without trailing slash
 * @param panelAuthorities whose certificates the panel may have besides the public ones
 * @param workerName this worker's name at the panel
 * @param workerHostname this machine's name at the panel
 * @param workerIpAddress as the operator gave it; empty means the address that reaches the panel
 * @param givenCredentials node id and token that the operator gave
 * @param port where {@code /status} answers
 * @param bind the address it answers on
 * @param shard the apps this worker takes
 * @param workspaceDir where checkouts are made
 * @param stateDir what must outlive a restart
 * @param routesDir the operator's routes; empty means the copy inside the jar
 * @param logDir where {@code combined.log} is written
 * @param buildQueue Camel's URI of the queue between poll and build
 * @param maxConcurrentBuilds slots
 * @param buildTimeout limit for checkout, image and deploy together
 * @param stageLimits limits for each stage inside that
 * @param cleanupInterval between two clean-ups
 * @param heartbeatInterval between two heartbeats
 * @param pollInterval between two polls
 * @param docker the engine
 * @param git what repositories may be fetched from, and with whose right
 * @param images how images come to be
 * @param appLimits what one app may use
 * @param isolation what keeps apps away from the machine and from each other
 * @param appPorts host ports for apps
 * @param appBind the address they are published on
 * @param deploy how one version of an app follows another
 * @param keepImages how many images that served stay for each app
 * @param buildCacheBytes beyond this the engine's build cache is pruned; 0 means never
 * @param cacheDir where checkouts are kept for the app's next build
 * @param checkoutCacheBytes of these; 0 means that none are kept
 * @param reserves what must be free before a build is taken
 * @param apiToken bearer token for calls that act; empty means that one is made and kept
 * @param redact what is masked in texts
 * @param logLevel debug, info, warn or error
 * @param jmx where JMX is opened; empty means it is not
 * @param warnings what is allowed but likely not meant
 */
public record WorkerSettings(
    URI skypanelUrl,
    List<X509Certificate> panelAuthorities,
    String workerName,
    String workerHostname,
    Optional<String> workerIpAddress,
    Optional<Credentials> givenCredentials,
    int port,
    String bind,
    Shard shard,
    Path workspaceDir,
    Path stateDir,
    Optional<Path> routesDir,
    Path logDir,
    String buildQueue,
    int maxConcurrentBuilds,
    Duration buildTimeout,
    StageLimits stageLimits,
    Duration cleanupInterval,
    Duration heartbeatInterval,
    Duration pollInterval,
    DockerEndpoint docker,
    GitSettings git,
    ImageSettings images,
    AppLimits appLimits,
    AppIsolation isolation,
    PortRange appPorts,
    String appBind,
    DeploySettings deploy,
    int keepImages,
    long buildCacheBytes,
    Path cacheDir,
    long checkoutCacheBytes,
    Reserves reserves,
    Optional<String> apiToken,
    RedactSettings redact,
    String logLevel,
    Optional<Jmx> jmx,
    List<String> warnings) {

  /**
   * Node id and token, as the panel's registration gives them.
   *
   * @param nodeId the panel's id of this node
   * @param authToken the bearer token; a secret
   */
  public record Credentials(String nodeId, String authToken) {
    @Override
    public String toString() {
      return nodeId;
    }
  }

  /**
   * Where JMX is opened.
   *
   * @param host the address to bind
   * @param port the port of registry and connector alike
   * @param passwordFile lines of user name and password; must be there off loopback
   */
  public record Jmx(String host, int port, Optional<Path> passwordFile) {}

  /** Ports of the worker's, and of what it steers, where these may be on this machine. */
  public Set<Integer> ownPorts() {
    Stream<URI> steered =
        Stream.concat(
            Stream.of(URI.create(docker.host())),
            deploy.ingress().map(DeploySettings.Ingress::adminUrl).stream());
    return Stream.of(
            Stream.of(port),
            jmx.map(Jmx::port).stream(),
            steered.filter(a -> a.getHost() != null).map(WorkerSettings::portOf))
        .flatMap(ports -> ports)
        .collect(Collectors.toUnmodifiableSet());
  }

  private static int portOf(URI address) {
    return address.getPort() >= 0
        ? address.getPort()
        : "https".equals(address.getScheme()) ? 443 : 80;
  }

  /** Reads and checks every setting; throws with all problems at once. */
  public static WorkerSettings read(SettingSources sources, Machine machine)
      throws SettingsException {
    return SettingsTable.read(sources, machine);
  }

  /** The state folder alone, for commands that need no panel. */
  public static Path stateDir(SettingSources sources, Machine machine) {
    return sources.find(Setting.STATE_DIR).map(Path::of).orElseGet(machine::defaultStateDir);
  }

  /** How images come to be, alone, for commands that need no panel. */
  public static ImageSettings images(SettingSources sources, Machine machine)
      throws SettingsException {
    return ImageSettingsTable.read(sources, machine);
  }

  /** Where a worker with these settings serves {@code /status}, as seen from this machine. */
  public static URI statusAddress(SettingSources sources) throws SettingsException {
    return SettingsTable.statusAddress(sources);
  }
}
