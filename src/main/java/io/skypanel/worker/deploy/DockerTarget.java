package io.skypanel.worker.deploy;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.exception.BadRequestException;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.ContainerConfig;
import com.github.dockerjava.api.model.ContainerPort;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HealthCheck;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.InternetProtocol;
import com.github.dockerjava.api.model.LogConfig;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import com.github.dockerjava.api.model.RestartPolicy;
import com.github.dockerjava.api.model.Volume;
import io.skypanel.worker.engine.DockerEngine;
import io.skypanel.worker.engine.EngineMessage;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.BuiltImage;
import io.skypanel.worker.job.Progress;
import io.skypanel.worker.job.StopSignal;
import io.skypanel.worker.settings.DockerEndpoint;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Plain Docker: an app is a container with a published port. Thread-safe. */
public final class DockerTarget implements DeployTarget {
  /** Docker's own, where a HEALTHCHECK gives none. */
  private static final Duration HEALTH_INTERVAL = Duration.ofSeconds(30);

  private static final Duration HEALTH_TIMEOUT = Duration.ofSeconds(30);
  private static final int HEALTH_RETRIES = 3;

  private final DockerClient docker;
  private final AppContainers containers;
  private final TakenPorts takenPorts;
  private final AppVolumes volumes;
  private final Probe probe;

  /**
   * Runs apps on {@code engine}.
   *
   * @param endpoint where the engine is: elsewhere, containers' own addresses can't be probed
   */
  public DockerTarget(DockerEngine engine, DockerEndpoint endpoint) {
    this.docker = engine.client();
    this.containers = new AppContainers(docker);
    this.takenPorts = new TakenPorts(docker);
    this.volumes = new AppVolumes(docker);
    this.probe = new Probe(docker, new PortCheck(endpoint));
  }

  @Override
  public ImageFacts describe(BuiltImage image) throws BuildFailure {
    ContainerConfig config;
    try {
      config = docker.inspectImageCmd(image.id()).exec().getConfig();
    } catch (RuntimeException e) {
      throw EngineErrors.fault("Image " + image.ref() + " can't be inspected", e);
    }
    if (config == null) {
      return new ImageFacts(List.of(), Optional.empty());
    }
    ExposedPort[] exposed = config.getExposedPorts();
    List<Integer> ports =
        Arrays.stream(exposed == null ? new ExposedPort[0] : exposed)
            .filter(p -> p.getProtocol() == InternetProtocol.TCP)
            .map(ExposedPort::getPort)
            .toList();
    return new ImageFacts(ports, Optional.ofNullable(config.getHealthcheck()).flatMap(this::facts));
  }

  private Optional<ImageFacts.Healthcheck> facts(HealthCheck check) {
    List<String> test = check.getTest();
    if (test == null || test.isEmpty() || test.get(0).equals("NONE")) {
      return Optional.empty();
    }
    Integer retries = check.getRetries();
    return Optional.of(
        new ImageFacts.Healthcheck(
            nanos(check.getStartPeriod(), Duration.ZERO),
            nanos(check.getInterval(), HEALTH_INTERVAL),
            nanos(check.getTimeout(), HEALTH_TIMEOUT),
            retries == null || retries == 0 ? HEALTH_RETRIES : retries));
  }

  private static Duration nanos(Long value, Duration byDefault) {
    return value == null || value == 0 ? byDefault : Duration.ofNanos(value);
  }

  @Override
  public Set<Integer> takenPorts() throws BuildFailure {
    try {
      return takenPorts.now();
    } catch (RuntimeException e) {
      throw EngineErrors.fault("The engine's containers can't be listed", e);
    }
  }

  @Override
  public Candidate create(ContainerSpec spec) throws BuildFailure {
    volumes.make(spec);
    return new Candidate(spec, container(spec));
  }

  @Override
  public void start(Candidate candidate) throws BuildFailure, PortTaken {
    ContainerSpec spec = candidate.spec();
    try {
      docker.startContainerCmd(candidate.id()).exec();
    } catch (BadRequestException e) {
      throw new BuildFailure.UserFault("The app can't be started: " + EngineMessage.of(e));
    } catch (RuntimeException e) {
      String message = EngineMessage.of(e);
      // "port is already allocated" by a container, "address already in use" by another program
      if (message.contains("already allocated") || message.contains("address already in use")) {
        clear(spec, candidate.id());
        throw new PortTaken(message, e);
      }
      throw EngineErrors.fault("Container " + spec.name() + " can't be started", e);
    }
  }

  /** Its name is needed for the next try on another port. */
  private void clear(ContainerSpec spec, String id) throws BuildFailure {
    try {
      containers.remove(id);
    } catch (RuntimeException e) {
      throw EngineErrors.fault("Container " + spec.name() + " can't be removed", e);
    }
  }

  private String container(ContainerSpec spec) throws BuildFailure {
    ExposedPort port = ExposedPort.tcp(spec.containerPort());
    CreateContainerCmd command = docker.createContainerCmd(spec.imageId());
    if (spec.readiness() instanceof Readiness.Running) {
      // of a Dockerfile that web and worker share: it would call the worker unhealthy for ever
      command.withHealthcheck(new HealthCheck().withTest(List.of("NONE")));
    }
    spec.command().ifPresent(c -> command.withEntrypoint("/bin/sh", "-c", c).withCmd(List.of()));
    try {
      return command
          .withName(spec.name())
          .withLabels(spec.labels())
          .withEnv(
              spec.environment().entrySet().stream()
                  .map(e -> e.getKey() + "=" + e.getValue())
                  .toList())
          .withExposedPorts(spec.hostPort().isPresent() ? List.of(port) : List.of())
          .withHostConfig(hostConfig(spec, port))
          .exec()
          .getId();
    } catch (BadRequestException e) {
      throw new BuildFailure.UserFault(
          "The app's container can't be created: " + EngineMessage.of(e));
    } catch (ConflictException e) {
      throw new BuildFailure.WorkerFault(
          "The name "
              + spec.name()
              + " is taken by a container that is not this deployment's; rename or remove it",
          e);
    } catch (NotFoundException e) {
      throw new BuildFailure.WorkerFault(
          "Image " + spec.imageId() + " is no longer in the engine; deploy again", e);
    } catch (RuntimeException e) {
      throw EngineErrors.fault("Container " + spec.name() + " can't be created", e);
    }
  }

  private static HostConfig hostConfig(ContainerSpec spec, ExposedPort port) {
    List<PortBinding> bindings =
        spec.hostPort().stream()
            .mapToObj(p -> Ports.Binding.bindIpAndPort(spec.hostAddress(), p))
            .map(binding -> new PortBinding(binding, port))
            .toList();
    return HostConfig.newHostConfig()
        .withPortBindings(bindings)
        .withBinds(
            spec.volumes().entrySet().stream()
                .map(volume -> new Bind(volume.getKey(), new Volume(volume.getValue())))
                .toList())
        .withMemory(spec.memoryBytes())
        .withMemorySwap(spec.memoryBytes())
        .withNanoCPUs(spec.nanoCpus())
        .withPidsLimit((long) spec.pidsLimit())
        .withSecurityOpts(List.of("no-new-privileges"))
        .withRestartPolicy(RestartPolicy.noRestart())
        .withLogConfig(
            new LogConfig(
                LogConfig.LoggingType.JSON_FILE,
                Map.of(
                    "max-size", Long.toString(spec.logFileBytes()),
                    "max-file", Integer.toString(spec.logFiles()))));
  }

  @Override
  public Verdict probe(Candidate candidate, Progress progress, StopSignal stop)
      throws BuildFailure {
    StartupOutput output = new StartupOutput(docker, candidate.id(), progress);
    try {
      return probe.await(candidate, stop);
    } finally {
      output.finish();
    }
  }

  @Override
  public void promote(Candidate candidate) throws BuildFailure {
    try {
      docker
          .updateContainerCmd(candidate.id())
          .withRestartPolicy(RestartPolicy.unlessStoppedRestart())
          .exec();
    } catch (RuntimeException e) {
      throw EngineErrors.fault(
          "The restart policy of " + candidate.spec().name() + " can't be set", e);
    }
    // the policy does not bring back a container that ended before it was set
    probe.running(candidate);
  }

  @Override
  public List<Version> others(String appId, String but) throws BuildFailure {
    try {
      return containers.of(appId).stream()
          .filter(container -> !container.getId().equals(but))
          .map(DockerTarget::version)
          .toList();
    } catch (RuntimeException e) {
      throw EngineErrors.fault("Containers of app " + appId + " can't be listed", e);
    }
  }

  @Override
  public void retire(String id) throws BuildFailure {
    onEngine("removed", id, () -> containers.stopAndRemove(id));
  }

  @Override
  public void stop(String id) throws BuildFailure {
    onEngine("stopped", id, () -> containers.stop(id));
  }

  @Override
  public void resume(String id) throws BuildFailure {
    onEngine("started again", id, () -> containers.start(id));
  }

  private static void onEngine(String what, String id, Runnable call) throws BuildFailure {
    try {
      call.run();
    } catch (RuntimeException e) {
      throw EngineErrors.fault("Container " + id + " can't be " + what, e);
    }
  }

  @Override
  public Optional<Version> find(BuildJob job) throws BuildFailure {
    try {
      return containers.ofDeployment(job).stream()
          .filter(container -> "running".equals(container.getState()))
          .map(DockerTarget::version)
          .findFirst();
    } catch (RuntimeException e) {
      throw EngineErrors.fault("Containers of " + job.deploymentId() + " can't be listed", e);
    }
  }

  private static Version version(Container container) {
    return new Version(
        container.getId(),
        Arrays.stream(container.getPorts())
            .filter(port -> port.getPublicPort() != null)
            .mapToInt(ContainerPort::getPublicPort)
            .findFirst(),
        "running".equals(container.getState()));
  }

  @Override
  public void rollBack(BuildJob job) throws BuildFailure {
    try {
      containers.ofDeployment(job).forEach(container -> containers.remove(container.getId()));
    } catch (RuntimeException e) {
      throw EngineErrors.fault("Container of " + job.deploymentId() + " can't be removed", e);
    }
  }
}
