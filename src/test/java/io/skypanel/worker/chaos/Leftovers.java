package io.skypanel.worker.chaos;

import com.github.dockerjava.api.command.InspectImageResponse;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.Image;
import io.skypanel.worker.job.Labels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a world has left that should not be; each answer names the things, or is empty. */
final class Leftovers {
  private final World world;
  private final Set<String> markers;

  /**
   * @param markers of the apps that are looked for
   */
  Leftovers(World world, Set<String> markers) {
    this.world = world;
    this.markers = markers;
  }

  /** Containers but for those that should serve, a build's own too; and those that are missing. */
  List<String> containers() throws IOException {
    Set<String> wanted =
        world.serving.values().stream()
            .map(app -> "/skypanel-app-" + app.appId() + "-" + app.deploymentId())
            .collect(Collectors.toSet());
    List<String> wrong = new ArrayList<>();
    for (Container container : world.engine.docker().listContainersCmd().withShowAll(true).exec()) {
      boolean ours = world.workerId().equals(container.getLabels().get(Labels.WORKER));
      boolean builds = markers.stream().anyMatch(container.getCommand()::contains);
      String name = container.getNames()[0];
      if ((ours || builds) && !(wanted.remove(name) && container.getState().equals("running"))) {
        wrong.add(name + " is " + container.getState() + ": " + container.getCommand());
      }
    }
    wanted.forEach(name -> wrong.add(name + " is missing"));
    return wrong;
  }

  /** Images of apps and untagged ones, but for those that a serving app stands on. */
  List<String> images() throws IOException {
    var docker = world.engine.docker();
    Set<String> kept = new HashSet<>();
    for (TestApp app : world.serving.values()) {
      Optional<String> id = Optional.of("skypanel-app-" + app.appId() + ":" + app.deploymentId());
      while (id.isPresent() && kept.add(id.get())) {
        InspectImageResponse image = docker.inspectImageCmd(id.get()).exec();
        kept.add(image.getId());
        id = Optional.ofNullable(image.getParent()).filter(parent -> !parent.isEmpty());
      }
    }
    List<String> wrong = new ArrayList<>();
    Map<String, String> label = Map.of(Labels.WORKER, world.workerId());
    List<Image> images = new ArrayList<>(docker.listImagesCmd().withLabelFilter(label).exec());
    images.addAll(docker.listImagesCmd().withShowAll(true).exec());
    for (Image image : images) {
      boolean labelled = images.indexOf(image) < images.size() && hasLabel(image, label);
      if (!kept.contains(image.getId()) && (labelled || isOfMarker(image.getId()))) {
        wrong.add(image.getId() + " " + Arrays.toString(image.getRepoTags()));
      }
    }
    return wrong.stream().distinct().toList();
  }

  private static boolean hasLabel(Image image, Map<String, String> label) {
    return image.getLabels() != null && image.getLabels().entrySet().containsAll(label.entrySet());
  }

  private boolean isOfMarker(String id) {
    try {
      InspectImageResponse image = world.engine.docker().inspectImageCmd(id).exec();
      var config = image.getContainerConfig();
      String command =
          config == null || config.getCmd() == null ? "" : String.join(" ", config.getCmd());
      return markers.stream().anyMatch(command::contains);
    } catch (NotFoundException gone) {
      return false;
    }
  }

  /** Files of builds: workspaces, journal, outbox, spooled logs. */
  List<String> files() throws IOException {
    List<String> wrong = new ArrayList<>();
    Path state = world.state.folder();
    for (Path folder :
        List.of(
            world.workspaces.folder(),
            state.resolve("journal"),
            state.resolve("outbox"),
            state.resolve("outbox/rejected"),
            state.resolve("spool"))) {
      if (Files.isDirectory(folder)) {
        try (Stream<Path> all = Files.list(folder)) {
          all.filter(file -> !file.endsWith("rejected")).map(Path::toString).forEach(wrong::add);
        }
      }
    }
    return wrong;
  }

  /** Processes below the worker, those that stand in a workspace, and steps of builds. */
  List<String> processes() {
    return ProcessHandle.allProcesses()
        .filter(
            p ->
                p.parent().filter(parent -> parent.pid() == world.worker.pid()).isPresent()
                    || standsIn(p.pid(), world.workspaces.folder())
                    || isStep(p.info().commandLine().orElse("")))
        .filter(p -> p.info().command().isPresent())
        .map(p -> p.pid() + " " + p.info().commandLine().orElse(""))
        .toList();
  }

  /** A step of BuildKit's is no container. */
  private boolean isStep(String command) {
    return markers.stream().anyMatch(marker -> command.contains("-c echo " + marker));
  }

  private static boolean standsIn(long pid, Path folder) {
    try {
      return Files.readSymbolicLink(Path.of("/proc", String.valueOf(pid), "cwd"))
          .startsWith(folder);
    } catch (IOException gone) {
      return false;
    }
  }
}
