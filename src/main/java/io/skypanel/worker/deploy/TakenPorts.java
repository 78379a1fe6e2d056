package io.skypanel.worker.deploy;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.ContainerPort;
import com.github.dockerjava.api.model.Ports;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Host ports that the engine's containers are published on. A running container's stand in the
 * list; a stopped one's, which it takes again when it is started, only in its own record, which is
 * asked for once: a container's bindings never change. Thread-safe.
 */
final class TakenPorts {
  private final DockerClient docker;
  private final Map<String, Set<Integer>> ofStopped = new ConcurrentHashMap<>();

  TakenPorts(DockerClient docker) {
    this.docker = docker;
  }

  Set<Integer> now() {
    List<Container> containers = docker.listContainersCmd().withShowAll(true).exec();
    ofStopped.keySet().retainAll(containers.stream().map(Container::getId).toList());
    Set<Integer> taken = new HashSet<>();
    for (Container container : containers) {
      if ("running".equals(container.getState())) {
        ContainerPort[] ports = container.getPorts();
        Arrays.stream(ports == null ? new ContainerPort[0] : ports)
            .map(ContainerPort::getPublicPort)
            .filter(Objects::nonNull)
            .forEach(taken::add);
      } else {
        taken.addAll(ofStopped.computeIfAbsent(container.getId(), this::bindings));
      }
    }
    return taken;
  }

  private Set<Integer> bindings(String id) {
    InspectContainerResponse container;
    try {
      container = docker.inspectContainerCmd(id).exec();
    } catch (NotFoundException gone) {
      return Set.of();
    }
    Ports ports = container.getHostConfig().getPortBindings();
    if (ports == null) {
      return Set.of();
    }
    return ports.getBindings().values().stream()
        .filter(Objects::nonNull)
        .flatMap(Arrays::stream)
        .map(Ports.Binding::getHostPortSpec)
        .filter(spec -> spec != null && spec.matches("\\d{1,5}"))
        .map(Integer::valueOf)
        .collect(Collectors.toSet());
  }
}
