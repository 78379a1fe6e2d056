package io.skypanel.worker.deploy;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.ContainerConfig;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HealthCheck;
import com.github.dockerjava.api.model.InternetProtocol;
import io.skypanel.worker.job.BuildFailure;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads what images say of themselves, and makes of it what their containers may have. */
final class ImageReader {
  /** Docker's own, where a HEALTHCHECK gives none. */
  private static final Duration INTERVAL = Duration.ofSeconds(30);

  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final int RETRIES = 3;

  /** Each check is a process that the engine starts, outside of the app's limits. */
  private static final Duration MIN_INTERVAL = Duration.ofSeconds(1);

  private static final Duration MAX = Duration.ofDays(1);
  private static final int MAX_RETRIES = 1000;

  private final DockerClient docker;

  ImageReader(DockerClient docker) {
    this.docker = docker;
  }

  /** What it says about how to run it. */
  ImageFacts facts(String imageId) throws BuildFailure {
    Optional<ContainerConfig> config = config(imageId);
    ExposedPort[] exposed = config.map(ContainerConfig::getExposedPorts).orElse(null);
    List<Integer> ports =
        Arrays.stream(exposed == null ? new ExposedPort[0] : exposed)
            .filter(p -> p.getProtocol() == InternetProtocol.TCP)
            .map(ExposedPort::getPort)
            .toList();
    return new ImageFacts(ports, config.flatMap(ImageReader::check).map(ImageReader::facts));
  }

  /** Its HEALTHCHECK, no more often than a machine with many apps can bear. */
  static Optional<HealthCheck> boundedCheck(Optional<ContainerConfig> config) {
    return config
        .flatMap(ImageReader::check)
        .map(
            check -> {
              ImageFacts.Healthcheck facts = facts(check);
              return new HealthCheck()
                  .withTest(check.getTest())
                  .withStartPeriod(facts.startPeriod().toNanos())
                  .withInterval(facts.interval().toNanos())
                  .withTimeout(facts.timeout().toNanos())
                  .withRetries(facts.retries());
            });
  }

  /**
   * Empty values for all its labels: other programs of this machine may take a container's labels
   * for instructions, and only the operator gives those. What is set on top counts.
   */
  static Map<String, String> withoutLabels(Optional<ContainerConfig> config) {
    Map<String, String> none = new HashMap<>();
    config
        .map(ContainerConfig::getLabels)
        .ifPresent(labels -> labels.keySet().forEach(name -> none.put(name, "")));
    return none;
  }

  /** All that it says; empty if it says nothing. */
  Optional<ContainerConfig> config(String imageId) throws BuildFailure {
    try {
      return Optional.ofNullable(docker.inspectImageCmd(imageId).exec().getConfig());
    } catch (RuntimeException e) {
      throw EngineErrors.fault("Image " + imageId + " can't be inspected", e);
    }
  }

  private static Optional<HealthCheck> check(ContainerConfig config) {
    return Optional.ofNullable(config.getHealthcheck())
        .filter(c -> c.getTest() != null && !c.getTest().isEmpty())
        .filter(c -> !c.getTest().get(0).equals("NONE"));
  }

  private static ImageFacts.Healthcheck facts(HealthCheck check) {
    Integer retries = check.getRetries();
    return new ImageFacts.Healthcheck(
        bounded(check.getStartPeriod(), Duration.ZERO, Duration.ZERO),
        bounded(check.getInterval(), INTERVAL, MIN_INTERVAL),
        bounded(check.getTimeout(), TIMEOUT, Duration.ZERO),
        retries == null || retries <= 0 ? RETRIES : Math.min(retries, MAX_RETRIES));
  }

  private static Duration bounded(Long nanos, Duration byDefault, Duration least) {
    if (nanos == null || nanos == 0) {
      return byDefault;
    }
    Duration wanted = Duration.ofNanos(nanos);
    return wanted.compareTo(least) < 0 ? least : wanted.compareTo(MAX) > 0 ? MAX : wanted;
  }
}
