package io.skypanel.worker.deploy;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.exception.BadRequestException;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.ContainerConfig;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HealthCheck;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.LogConfig;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import com.github.dockerjava.api.model.RestartPolicy;
import com.github.dockerjava.api.model.Ulimit;
import com.github.dockerjava.api.model.Volume;
import io.skypanel.worker.engine.EngineMessage;
import io.skypanel.worker.job.BuildFailure;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Asks the engine for a container as its {@link ContainerSpec} says. Thread-safe. */
final class ContainerCreation {
  private final DockerClient docker;
  private final ImageReader images;

  ContainerCreation(DockerClient docker, ImageReader images) {
    this.docker = docker;
    this.images = images;
  }

  /** Makes it without starting it; gives the engine's id of it. */
  String create(ContainerSpec spec) throws BuildFailure {
    ExposedPort port = ExposedPort.tcp(spec.containerPort());
    CreateContainerCmd command = docker.createContainerCmd(spec.imageId());
    Optional<ContainerConfig> image = images.config(spec.imageId());
    if (spec.readiness() instanceof Readiness.Running) {
      // of a Dockerfile that web and worker share: it would call the worker unhealthy for ever
      command.withHealthcheck(new HealthCheck().withTest(List.of("NONE")));
    } else {
      ImageReader.boundedCheck(image).ifPresent(command::withHealthcheck);
    }
    Map<String, String> labels = ImageReader.withoutLabels(image);
    labels.putAll(spec.labels());
    spec.command().ifPresent(c -> command.withEntrypoint("/bin/sh", "-c", c).withCmd(List.of()));
    spec.alias().ifPresent(command::withAliases);
    try {
      return command
          .withName(spec.name())
          .withLabels(labels)
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
    HostConfig host = HostConfig.newHostConfig();
    Confinement confinement = spec.confinement();
    spec.network().ifPresent(network -> host.withNetworkMode(network.name()));
    confinement.runtime().ifPresent(host::withRuntime);
    confinement.usernsMode().ifPresent(host::withUsernsMode);
    return host.withPortBindings(bindings)
        .withBinds(
            spec.volumes().entrySet().stream()
                .map(volume -> new Bind(volume.getKey(), new Volume(volume.getValue())))
                .toList())
        .withMemory(spec.memoryBytes())
        .withMemorySwap(spec.memoryBytes())
        .withNanoCPUs(spec.nanoCpus())
        .withPidsLimit((long) spec.pidsLimit())
        .withCapDrop(Capability.ALL)
        .withCapAdd(
            confinement.capabilities().stream().map(Capability::valueOf).toArray(Capability[]::new))
        .withUlimits(
            confinement.ulimits().stream()
                .map(limit -> new Ulimit(limit.name(), limit.soft(), limit.hard()))
                .toList())
        .withSecurityOpts(List.of("no-new-privileges"))
        .withRestartPolicy(RestartPolicy.noRestart())
        .withLogConfig(
            new LogConfig(
                LogConfig.LoggingType.JSON_FILE,
                Map.of(
                    "max-size", Long.toString(spec.logFileBytes()),
                    "max-file", Integer.toString(spec.logFiles()))));
  }
}
