package io.skypanel.worker.apps;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.BuildImageResultCallback;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.BuildResponseItem;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.Frame;
import io.skypanel.worker.TestPorts;
import io.skypanel.worker.engine.DockerEngine;
import io.skypanel.worker.job.Build;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.BuiltImage;
import io.skypanel.worker.job.Checkout;
import io.skypanel.worker.job.GitSource;
import io.skypanel.worker.job.ImageRef;
import io.skypanel.worker.job.Labels;
import io.skypanel.worker.job.RunPlan;
import io.skypanel.worker.job.StopSignal;
import io.skypanel.worker.network.AppNetworks;
import io.skypanel.worker.sandbox.BusyboxImage;
import io.skypanel.worker.settings.DockerEndpoint;
import io.skypanel.worker.settings.Machine;
import io.skypanel.worker.settings.SettingSources;
import io.skypanel.worker.settings.WorkerSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The real engine, a worker id of its own, and tiny images; it takes away only what it made. */
public final class EngineBench implements AutoCloseable {
  /** Serves a page that names the deployment, and ends at once when told to. */
  public static final String WEB =
      "CMD mkdir -p /www; echo \"version $VERSION\" > /www/index.html; echo \"about to listen\";"
          + " trap 'exit 0' TERM; httpd -f -p $PORT -h /www & wait";

  /** Runs and listens nowhere. */
  public static final String SILENT =
      "CMD echo \"consuming\"; trap 'exit 0' TERM; while :; do sleep 0.2; done";

  private static final Pattern BUILT_STEP = Pattern.compile("---> ([0-9a-f]{12})\\s*$");

  public final DockerEndpoint endpoint =
      new DockerEndpoint(DockerEndpoint.LOCAL_SOCKET, false, Optional.empty());
  public final DockerEngine engine = new DockerEngine(endpoint);
  public final DockerClient docker = engine.client();
  public final String workerId = UUID.randomUUID().toString();
  public final Path folder;
  private final String ports = TestPorts.ofApps();
  private final Set<String> images = new LinkedHashSet<>();
  private final List<String> containers = new ArrayList<>();

  public EngineBench(Path folder) {
    this.folder = folder;
    BusyboxImage.ensure(docker);
  }

  /** Settings with {@code given} above values that suit a test. */
  public WorkerSettings settings(Map<String, String> given) {
    Map<String, String> own = new HashMap<>(Map.of("APP_PORT_RANGE", ports));
    own.putAll(given);
    return settings(folder, own);
  }

  /** The same, with state and workspaces below {@code folder}. */
  public static WorkerSettings settings(Path folder, Map<String, String> given) {
    Map<String, String> environment = new HashMap<>();
    environment.put("SKYPANEL_URL", "http://127.0.0.1:1");
    environment.put("STATE_DIR", folder.resolve("state").toString());
    environment.put("WORKSPACE_DIR", folder.resolve("workspaces").toString());
    environment.put("APP_PORT_RANGE", "31000-31499");
    environment.put("APP_BIND", "127.0.0.1");
    environment.put("APP_MEMORY", "32m");
    environment.put("APP_CPUS", "0.5");
    environment.put("STAY_UP_SECONDS", "0");
    environment.put("RETIRE_AFTER_SECONDS", "0");
    environment.putAll(given);
    try {
      return WorkerSettings.read(
          new SettingSources(environment, Map.of(), Map.of()),
          new Machine("here", 4, false, folder, folder, folder));
    } catch (Exception e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** The networks of apps of this worker. */
  public AppNetworks networks(WorkerSettings settings) {
    return new AppNetworks(engine, endpoint, workerId, settings.isolation().pool());
  }

  /** A new deployment of {@code appId}. */
  public static BuildJob job(String appId, Map<String, String> environment) {
    return job(appId, Optional.empty(), environment);
  }

  /** The same, of an app that is owned by {@code organization}. */
  public static BuildJob job(
      String appId, Optional<String> organization, Map<String, String> environment) {
    return new BuildJob(
        UUID.randomUUID().toString(),
        appId,
        "shop",
        organization,
        Optional.empty(),
        new GitSource("https://git.example/shop.git", "main", Optional.empty()),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        environment,
        Map.of());
  }

  /** What a stage gets. */
  public Build build(BuildJob job) {
    return new Build(
        job, folder.resolve(job.deploymentId()), new RecordedProgress(), new StopSignal());
  }

  /** Builds an image for {@code job} as the image stage does: its name, its labels. */
  public BuiltImage image(BuildJob job, String... dockerfileLines) {
    ImageRef ref = ImageRef.of(job);
    List<String> intermediates = new ArrayList<>();
    String id = image(ref.toString(), Labels.of(workerId, job), intermediates, dockerfileLines);
    var commit = new Checkout.Commit("a".repeat(40), "A <a@example.com>", "message");
    return new BuiltImage(new Checkout(folder, commit), ref, id, intermediates, RunPlan.DEFAULT);
  }

  /** Builds any image; an empty {@code tag} leaves it dangling. Returns its id. */
  public String image(
      String tag, Map<String, String> labels, List<String> intermediates, String... lines) {
    try {
      Path context = Files.createTempDirectory(folder, "context");
      List<String> dockerfile = new ArrayList<>(List.of("FROM " + BusyboxImage.NAME));
      // unique, so that no other test's or colleague's cache is met
      dockerfile.add("ENV VERSION=" + tag.replaceFirst(".*:", "") + " BENCH=" + UUID.randomUUID());
      dockerfile.addAll(Arrays.asList(lines));
      Files.write(context.resolve("Dockerfile"), dockerfile);
      Steps steps = new Steps();
      var build = docker.buildImageCmd(context.toFile()).withForcerm(true).withLabels(labels);
      if (!tag.isEmpty()) {
        build.withTags(Set.of(tag));
      }
      build.exec(steps).awaitImageId();
      String id = docker.inspectImageCmd(steps.ids.get(steps.ids.size() - 1)).exec().getId();
      for (String step : steps.ids.subList(1, steps.ids.size() - 1)) {
        intermediates.add(docker.inspectImageCmd(step).exec().getId());
      }
      images.add(tag.isEmpty() ? id : tag);
      images.addAll(intermediates.stream().sorted().toList());
      return id;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The classic builder's steps; the first is the base image. */
  private static final class Steps extends BuildImageResultCallback {
    private final List<String> ids = new ArrayList<>();

    @Override
    public void onNext(BuildResponseItem item) {
      Matcher step = BUILT_STEP.matcher(item.getStream() == null ? "" : item.getStream());
      if (step.find() && !ids.contains(step.group(1))) {
        ids.add(step.group(1));
      }
      super.onNext(item);
    }
  }

  /** Makes and starts a container that listens nowhere. Returns its id. */
  public String container(String image, String name, Map<String, String> labels) {
    String id = stoppedContainer(image, name, labels);
    docker.startContainerCmd(id).exec();
    return id;
  }

  /** Makes a container without starting it. Returns its id. */
  public String stoppedContainer(String image, String name, Map<String, String> labels) {
    String id =
        docker
            .createContainerCmd(image)
            .withName(name)
            .withLabels(labels)
            .withCmd("sh", "-c", SILENT.substring("CMD ".length()))
            .exec()
            .getId();
    containers.add(id);
    return id;
  }

  /** What a command in the container prints; ends after 20 seconds at the latest. */
  public String in(String container, String... command) throws Exception {
    String exec =
        docker
            .execCreateCmd(container)
            .withAttachStdout(true)
            .withAttachStderr(true)
            .withCmd(command)
            .exec()
            .getId();
    StringBuilder output = new StringBuilder();
    docker
        .execStartCmd(exec)
        .exec(
            new ResultCallback.Adapter<Frame>() {
              @Override
              public void onNext(Frame frame) {
                output.append(new String(frame.getPayload(), StandardCharsets.UTF_8));
              }
            })
        .awaitCompletion(20, TimeUnit.SECONDS);
    return output.toString();
  }

  /**
   * What a command in a container prints that fetches a page: the page, or {@code timed out} where
   * packets vanish. Busybox's wget, linked statically, does not bear our image.
   */
  public static String fetching(String host, int port) {
    return "printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w 2 " + host + " " + port + " 2>&1";
  }

  /** What {@link #fetching} prints in this container. */
  public String fetch(String container, String host, int port) throws Exception {
    return in(container, "sh", "-c", fetching(host, port));
  }

  /** The container's own address on its only network. */
  public String address(String container) {
    return docker
        .inspectContainerCmd(container)
        .exec()
        .getNetworkSettings()
        .getNetworks()
        .values()
        .iterator()
        .next()
        .getIpAddress();
  }

  /** Whether the container is there, running or not. */
  public boolean hasContainer(String id) {
    return docker.listContainersCmd().withShowAll(true).withIdFilter(List.of(id)).exec().size()
        == 1;
  }

  /** Whether the container runs. */
  public boolean runs(String id) {
    return docker.listContainersCmd().withIdFilter(List.of(id)).exec().size() == 1;
  }

  /** Whether the image is there. */
  public boolean hasImage(String id) {
    try {
      docker.inspectImageCmd(id).exec();
      return true;
    } catch (NotFoundException e) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    docker
        .listContainersCmd()
        .withShowAll(true)
        .withLabelFilter(Map.of(Labels.WORKER, workerId))
        .exec()
        .stream()
        .map(Container::getId)
        .forEach(containers::add);
    for (String id : new LinkedHashSet<>(containers)) {
      try {
        docker.removeContainerCmd(id).withForce(true).withRemoveVolumes(true).exec();
      } catch (NotFoundException gone) {
        // by the code under test
      }
    }
    docker
        .listNetworksCmd()
        .withFilter("label", List.of(Labels.WORKER + "=" + workerId))
        .exec()
        .forEach(network -> docker.removeNetworkCmd(network.getId()).exec());
    for (String image : images) {
      try {
        docker.removeImageCmd(image).exec();
      } catch (NotFoundException | ConflictException gone) {
        // by the code under test, or with its child
      }
    }
    engine.close();
  }
}
