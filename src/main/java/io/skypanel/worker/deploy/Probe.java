package io.skypanel.worker.deploy;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.HealthState;
import com.github.dockerjava.api.command.HealthStateLog;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import com.github.dockerjava.api.exception.NotFoundException;
import io.skypanel.worker.deploy.DeployTarget.Verdict;
import io.skypanel.worker.engine.ExitCodes;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.StopSignal;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * Waits for a container to be up and to stay so: first look at once, then 50 ms, 100 ms, … up to 1
 * s apart.
 */
final class Probe {
  private static final int HEALTH_OUTPUT_CHARS = 500;
  private static final long MIB = 1 << 20;
  private static final Duration ONE_TRY = Duration.ofSeconds(5);

  private final DockerClient docker;
  private final PortCheck ports;

  Probe(DockerClient docker, PortCheck ports) {
    this.docker = docker;
    this.ports = ports;
  }

  /** As {@link DeployTarget#probe}, without the output. */
  Verdict await(Candidate candidate, StopSignal stop) throws BuildFailure {
    ContainerSpec spec = candidate.spec();
    long deadline = System.nanoTime() + spec.readiness().within().toNanos();
    OptionalLong upSince = OptionalLong.empty();
    try (Pause pause = new Pause(stop)) {
      while (true) {
        stop.check();
        InspectContainerResponse container = running(candidate);
        long now = System.nanoTime();
        boolean up = isUp(container, spec, deadline, stop);
        upSince = up ? OptionalLong.of(upSince.orElse(now)) : OptionalLong.empty();
        long left = (up ? upSince.getAsLong() + spec.stayUp().toNanos() : deadline) - now;
        if (left <= 0) {
          return up ? Verdict.UP : tooLate(container, spec);
        }
        pause.await(Duration.ofNanos(left));
      }
    }
  }

  /** The container, which runs; throws the app's fault if it does not. */
  InspectContainerResponse running(Candidate candidate) throws BuildFailure {
    String name = candidate.spec().name();
    InspectContainerResponse container;
    try {
      container = docker.inspectContainerCmd(candidate.id()).exec();
    } catch (NotFoundException e) {
      throw new BuildFailure.WorkerFault(
          "Container " + name + " was removed by somebody while it started; deploy again", e);
    } catch (RuntimeException e) {
      throw EngineErrors.fault("Container " + name + " can't be inspected", e);
    }
    ContainerState state = container.getState();
    if (!Boolean.TRUE.equals(state.getRunning())) {
      throw new BuildFailure.UserFault(exit(state, candidate.spec()));
    }
    return container;
  }

  /**
   * The engine misses one kill for memory in five when the machine is busy: the container's cgroup
   * is gone before anybody has read it. The code alone says most likely the same.
   */
  private static String exit(ContainerState state, ContainerSpec spec) {
    String exited = "exited with code " + state.getExitCodeLong();
    boolean told = Boolean.TRUE.equals(state.getOOMKilled());
    if (told || Objects.equals(state.getExitCodeLong(), (long) ExitCodes.KILLED)) {
      return "The app "
          + exited
          + ": it was "
          + (told ? "" : "most likely ")
          + "killed for memory, out of its "
          + spec.memoryBytes() / MIB
          + " MiB"
          + (told ? "" : " (or its own script ended with that code)")
          + "; it must use less, or be given more (its memoryMb, limits.memory or APP_MEMORY)";
    }
    return "The app "
        + exited
        + " while it started; its last lines are in the build log. A container must keep running"
        + " in the foreground";
  }

  private boolean isUp(
      InspectContainerResponse container, ContainerSpec spec, long deadline, StopSignal stop)
      throws BuildFailure {
    if (spec.readiness() instanceof Readiness.Healthy) {
      HealthState health = container.getState().getHealth();
      if (health != null && "unhealthy".equals(health.getStatus())) {
        throw new BuildFailure.UserFault(
            "The app's HEALTHCHECK says unhealthy" + lastOutput(health));
      }
      return health != null && "healthy".equals(health.getStatus());
    }
    if (spec.readiness() instanceof Readiness.Answering answering) {
      long left = Math.max(1, deadline - System.nanoTime());
      Duration within = Duration.ofNanos(Math.min(left, ONE_TRY.toNanos()));
      return ports.answers(container, spec, answering.path(), within, stop);
    }
    return spec.readiness() instanceof Readiness.Listening && ports.listens(container, spec);
  }

  private Verdict tooLate(InspectContainerResponse container, ContainerSpec spec)
      throws BuildFailure {
    if (spec.readiness() instanceof Readiness.Healthy healthy) {
      throw new BuildFailure.UserFault(
          "The app's HEALTHCHECK did not say healthy within "
              + healthy.within().toSeconds()
              + " s"
              + lastOutput(container.getState().getHealth()));
    }
    if (spec.readiness() instanceof Readiness.Running) {
      return Verdict.UP;
    }
    if (ports.isOutOfReach(container, spec)) {
      return Verdict.OUT_OF_REACH;
    }
    if (spec.readiness() instanceof Readiness.Answering answering) {
      throw new BuildFailure.UserFault(
          "The app did not answer GET "
              + answering.path()
              + " on port "
              + spec.containerPort()
              + " with 2xx or 3xx within "
              + answering.within().toSeconds()
              + " s; correct its healthCheckPath, or the app");
    }
    return Verdict.LISTENS_NOWHERE;
  }

  private static String lastOutput(HealthState health) {
    List<HealthStateLog> log = health == null ? null : health.getLog();
    if (log == null || log.isEmpty()) {
      return "";
    }
    HealthStateLog last = log.get(log.size() - 1);
    String output = last.getOutput() == null ? "" : last.getOutput().strip();
    if (output.length() > HEALTH_OUTPUT_CHARS) {
      output = output.substring(0, HEALTH_OUTPUT_CHARS) + "…";
    }
    return "; its last check ended with code " + last.getExitCodeLong() + ": " + output;
  }
}
