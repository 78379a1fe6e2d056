package io.skypanel.worker.image;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.BuildImageResultCallback;
import com.github.dockerjava.api.command.InspectImageResponse;
import io.skypanel.worker.job.Build;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.BuildPlan;
import io.skypanel.worker.job.BuiltImage;
import io.skypanel.worker.job.ImageRef;
import io.skypanel.worker.job.Labels;
import io.skypanel.worker.process.ProgramRunner;
import io.skypanel.worker.settings.DockerEndpoint;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * Hands a repository over to Cloud Native Buildpacks' {@code pack}, which finds out by itself how
 * it is built. The job's variables reach the buildpacks by a file of the build's own, and are not
 * in the image. {@code pack} sets no labels of ours, so a last step puts them on.
 */
public final class PackImageBuilder implements ImageBuilder {
  private static final String PROGRAM = "pack";

  private final ProgramRunner programs;
  private final DockerClient docker;
  private final DockerEndpoint endpoint;
  private final String workerId;
  private final Optional<String> builder;
  private final Map<String, String> environment;

  /**
   * @param builder the builder image; empty: pack's own default
   * @param environment the worker's own, for the path to pack and its home
   */
  public PackImageBuilder(
      ProgramRunner programs,
      DockerClient docker,
      DockerEndpoint endpoint,
      String workerId,
      Optional<String> builder,
      Map<String, String> environment) {
    this.programs = programs;
    this.docker = docker;
    this.endpoint = endpoint;
    this.workerId = workerId;
    this.builder = builder;
    this.environment =
        environment.entrySet().stream()
            .filter(e -> Set.of("PATH", "HOME").contains(e.getKey()))
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  @Override
  public BuiltImage build(BuildPlan plan, Build build) throws BuildFailure {
    ImageRef ref = ImageRef.of(build.job());
    Path variables = build.workspace().resolve("pack.env");
    try {
      writeVariables(variables, build.job().environment());
      List<String> command =
          new ArrayList<>(List.of(PROGRAM, "build", ref.toString(), "--no-color"));
      command.addAll(List.of("--path", plan.checkout().directory().toString()));
      command.addAll(List.of("--env-file", variables.toString()));
      command.addAll(List.of("--pull-policy", "if-not-present"));
      builder.ifPresent(image -> command.addAll(List.of("--builder", image)));
      Map<String, String> seen = new HashMap<>(environment);
      seen.put("DOCKER_HOST", endpoint.host());
      int exitCode =
          programs.run(command, build.workspace(), seen, build.progress()::output, build.stop());
      if (exitCode != 0) {
        throw new BuildFailure.UserFault(
            "pack failed with exit code " + exitCode + "; its last lines are in the build log");
      }
      label(ref, build);
      InspectImageResponse image = docker.inspectImageCmd(ref.toString()).exec();
      build.progress().info("Built " + ref + " by buildpacks");
      return new BuiltImage(plan.checkout(), ref, image.getId(), List.of(), plan.run());
    } catch (IOException e) {
      throw new BuildFailure.WorkerFault("The variables for pack can't be written: " + e, e);
    } catch (RuntimeException e) {
      throw new BuildFailure.WorkerFault(
          "The image that pack made can't be labelled or found: " + e.getMessage(), e);
    } finally {
      variables.toFile().delete();
    }
  }

  /** A value with a line break can't stand in such a file; the buildpacks go without it. */
  private static void writeVariables(Path file, Map<String, String> variables) throws IOException {
    Files.createDirectories(file.getParent());
    Files.deleteIfExists(file);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.write(
        file,
        variables.entrySet().stream()
            .filter(e -> !e.getValue().contains("\n") && !e.getKey().startsWith("#"))
            .map(e -> e.getKey() + "=" + e.getValue())
            .toList());
  }

  private void label(ImageRef ref, Build build) throws IOException {
    byte[] dockerfile = ("FROM " + ref + "\n").getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream context = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(context)) {
      TarArchiveEntry entry = new TarArchiveEntry("Dockerfile");
      entry.setSize(dockerfile.length);
      tar.putArchiveEntry(entry);
      tar.write(dockerfile);
      tar.closeArchiveEntry();
    }
    docker
        .buildImageCmd()
        .withTarInputStream(new ByteArrayInputStream(context.toByteArray()))
        .withTags(Set.of(ref.toString()))
        .withLabels(Labels.of(workerId, build.job()))
        .withForcerm(true)
        .exec(new BuildImageResultCallback())
        .awaitImageId();
  }
}
