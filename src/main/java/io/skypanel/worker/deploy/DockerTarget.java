package io.skypanel.worker.deploy;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.BadRequestException;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.ContainerPort;
import com.github.dockerjava.api.model.RestartPolicy;
import io.skypanel.worker.engine.ContainerSwitch;
import io.skypanel.worker.engine.DockerEngine;
import io.skypanel.worker.engine.EngineMessage;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.BuiltImage;
import io.skypanel.worker.job.Progress;
import io.skypanel.worker.job.StopSignal;
import io.skypanel.worker.network.AppNetworks;
import io.skypanel.worker.settings.DockerEndpoint;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Plain Docker: an app is a container with a published port. Thread-safe. */
public final class DockerTarget implements DeployTarget {
  private final DockerClient docker;
  private final AppNetworks networks;
  private final AppContainers containers;
  private final TakenPorts takenPorts;
  private final ContainerSwitch power;
  private final AppVolumes volumes;
  private final ImageReader images;
  private final ContainerCreation creation;
  private final Probe probe;

  /**
   * Runs apps on {@code engine}.
   *
   * @param endpoint where the engine is: elsewhere, containers' own addresses can't be probed
   * @param networks makes the networks that apps are on
   */
  public DockerTarget(DockerEngine engine, DockerEndpoint endpoint, AppNetworks networks) {
    this.docker = engine.client();
    this.networks = networks;
    this.power = new ContainerSwitch(docker, networks::rejoin);
    this.containers = new AppContainers(docker, power);
    this.takenPorts = new TakenPorts(docker);
    this.volumes = new AppVolumes(docker);
    this.images = new ImageReader(docker);
    this.creation = new ContainerCreation(docker, images);
    this.probe = new Probe(docker, new PortCheck(endpoint));
  }

  @Override
  public ImageFacts describe(BuiltImage image) throws BuildFailure {
    return images.facts(image.id());
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
    return new Candidate(
        spec,
        spec.network().isPresent()
            ? networks.with(spec.network().get(), () -> creation.create(spec))
            : creation.create(spec));
  }

  @Override
  public void start(Candidate candidate) throws BuildFailure, PortTaken {
    ContainerSpec spec = candidate.spec();
    try {
      power.start(candidate.id());
    } catch (BadRequestException e) {
      throw new BuildFailure.UserFault("The app can't be started: " + EngineMessage.of(e));
    } catch (RuntimeException e) {
      String message = EngineMessage.of(e);
      // "port is already allocated" by a container, "address already in use" by another program
      if (message.contains("already allocated") || message.contains("address already in use")) {
        clear(spec, candidate.id());
        throw new PortTaken(message, e);
      }
      throw EngineErrors.fault(
          "Container " + spec.name() + " can't be started" + wayOut(message), e);
    }
  }

  private static String wayOut(String message) {
    if (message.contains("setting rlimit")) {
      return " (the engine may not raise its own limits: lower APP_ULIMITS)";
    }
    return message.contains("no available IPv4 addresses")
        ? " (its network is full: set a smaller size in APP_NETWORK_POOL, or APP_NETWORK to app, and"
            + " deploy this owner's apps again)"
        : "";
  }

  /** Its name is needed for the next try on another port. */
  private void clear(ContainerSpec spec, String id) throws BuildFailure {
    try {
      containers.remove(id);
    } catch (RuntimeException e) {
      throw EngineErrors.fault("Container " + spec.name() + " can't be removed", e);
    }
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
    onEngine("stopped", id, () -> power.stop(id, AppContainers.GRACE_SECONDS));
  }

  @Override
  public void resume(String id) throws BuildFailure {
    onEngine("started again", id, () -> power.start(id));
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
