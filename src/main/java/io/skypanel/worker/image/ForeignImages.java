package io.skypanel.worker.image;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectImageResponse;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.ContainerConfig;
import io.skypanel.worker.engine.ImageRecordTooLarge;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.ImageRef;
import io.skypanel.worker.job.Labels;
import io.skypanel.worker.job.Shown;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Keeps a Dockerfile from naming another app's image: by the text, where a name is one of this
 * worker's own, and by the engine, where it has the image that is named. Nor may it have the engine
 * call where no registry is, or {@code ADD} from an address, or fill up memory; nor may a base
 * image what the Dockerfile itself may not. Thread-safe.
 */
final class ForeignImages {
  /** Each costs a question to the engine. */
  private static final int MAX_NAMES = 200;

  private final DockerClient docker;
  private final boolean remoteAdd;

  /**
   * @param remoteAdd whether what a base image has put off may {@code ADD} an address
   */
  ForeignImages(DockerClient docker, boolean remoteAdd) {
    this.docker = docker;
    this.remoteAdd = remoteAdd;
  }

  /**
   * Checks what the text says, and gives the images that it names.
   *
   * @param given the build arguments that the builder gets
   * @param predefined what the builder knows by itself, such as {@code TARGETARCH}
   * @throws BuildFailure.UserFault naming instruction and line, if an image is another app's,
   *     whether or not there is such an image, or of a registry at a link-local or metadata
   *     address; if a value grows without bound, or an address is added, which may not be
   */
  ImageReferences checkText(
      Readings dockerfile, Map<String, String> given, Map<String, String> predefined, BuildJob job)
      throws BuildFailure.UserFault {
    GrowingValues.check(dockerfile, given);
    if (!remoteAdd) {
      RemoteSources.check(dockerfile);
    }
    ImageReferences references = ImageReferences.of(dockerfile, given, predefined);
    List<ImageReference> names = references.all();
    if (names.size() > MAX_NAMES) {
      throw new BuildFailure.UserFault(
          "The Dockerfile names %d images, more than %d; name fewer"
              .formatted(names.size(), MAX_NAMES));
    }
    for (ImageReference name : names) {
      checkName(name, job);
    }
    return references;
  }

  /**
   * Asks the engine what the names stand for, once for each, and checks that; and what those base
   * images that it has already have put off.
   *
   * @param given the build arguments that the builder gets
   * @return whether the engine has all of them
   * @throws BuildFailure.UserFault as {@link #checkText} does
   */
  boolean checkImages(ImageReferences references, Map<String, String> given, BuildJob job)
      throws BuildFailure {
    return checkImages(references, given, job, new HashSet<>());
  }

  /**
   * @param asked of which the engine was asked already: a base image may put off what names it
   *     again
   */
  private boolean checkImages(
      ImageReferences references, Map<String, String> given, BuildJob job, Set<String> asked)
      throws BuildFailure {
    boolean all = true;
    for (ImageReference name : references.all()) {
      if (!asked.add(name.name())) {
        continue;
      }
      if (asked.size() > MAX_NAMES) {
        throw new BuildFailure.UserFault(
            "The Dockerfile and its base images name more than %d images; name fewer"
                .formatted(MAX_NAMES));
      }
      Optional<InspectImageResponse> image = inspect(name);
      if (image.isPresent()) {
        checkImage(name, image.get(), job);
        List<String> triggers = triggers(image.get());
        if (references.isBase(name) && !triggers.isEmpty()) {
          Readings putOff = putOff(name, triggers, references.escape());
          all &= checkImages(checkText(putOff, given, Map.of(), job), given, job, asked);
        }
      }
      all &= image.isPresent();
    }
    return all;
  }

  /**
   * The failure of a build whose builder asks for an image, if that may not be.
   *
   * @param name as the builder has it
   */
  Optional<BuildFailure> refusal(String name, BuildJob job) {
    try {
      checkName(new ImageReference(name, "The Dockerfile or its base image"), job);
      return Optional.empty();
    } catch (BuildFailure.UserFault e) {
      return Optional.of(e);
    }
  }

  private static void checkName(ImageReference name, BuildJob job) throws BuildFailure.UserFault {
    String own = ImageRef.of(job).repository();
    if (name.appRepository().filter(repository -> !repository.equals(own)).isPresent()) {
      throw foreign(name);
    }
    if (RegistryAddress.isRefused(name.name())) {
      throw new BuildFailure.UserFault(
          "%s names %s, whose registry would be at a link-local or metadata address; build on an image out of a registry"
              .formatted(name.where(), Shown.of(name.name())));
    }
  }

  private static void checkImage(ImageReference name, InspectImageResponse image, BuildJob job)
      throws BuildFailure {
    String app = labels(image).get(Labels.APP);
    if (app != null && !app.equals(job.appId())) {
      throw foreign(name);
    }
    if (name.mayBeId() && !isNamed(image, name.name())) {
      throw new BuildFailure.UserFault(
          name.where()
              + " gives the id of an image of this machine, or its beginning; give the name of an image, with its tag");
    }
  }

  private static Readings putOff(ImageReference name, List<String> triggers, char escape)
      throws BuildFailure.UserFault {
    if (escape != '\\') {
      throw new BuildFailure.UserFault(
          "%s names %s, which has put off instructions (ONBUILD); builders read them differently under # escape=`, so remove that line"
              .formatted(name.where(), Shown.of(name.name())));
    }
    return Readings.ofTriggers(name.name(), triggers);
  }

  private static List<String> triggers(InspectImageResponse image) {
    ContainerConfig config = image.getConfig();
    return config == null || config.getOnBuild() == null
        ? List.of()
        : Stream.of(config.getOnBuild()).filter(Objects::nonNull).toList();
  }

  /**
   * What the engine has by a name, if it has any.
   *
   * @throws BuildFailure if the record is too large, or the engine does not answer
   */
  Optional<InspectImageResponse> inspect(ImageReference reference) throws BuildFailure {
    String name = reference.name();
    try {
      return Optional.of(docker.inspectImageCmd(name).exec());
    } catch (DockerException e) {
      if (e.getHttpStatus() == 404 || e.getHttpStatus() == 400) {
        return Optional.empty();
      }
      throw unanswered(name, e);
    } catch (RuntimeException e) {
      Optional<ImageRecordTooLarge> tooLarge = ImageRecordTooLarge.in(e);
      if (tooLarge.isPresent()) {
        throw new BuildFailure.UserFault(
            "%s names %s, which can't be used: %s; name an image that sets less"
                .formatted(reference.where(), Shown.of(name), tooLarge.get().getMessage()));
      }
      throw unanswered(name, e);
    }
  }

  private static BuildFailure.WorkerFault unanswered(String name, RuntimeException e) {
    return new BuildFailure.WorkerFault(
        "The Docker Engine does not say what image " + Shown.of(name) + " is: " + e.getMessage(),
        e);
  }

  private static boolean isNamed(InspectImageResponse image, String name) {
    List<String> tags = Optional.ofNullable(image.getRepoTags()).orElse(List.of());
    List<String> digests = Optional.ofNullable(image.getRepoDigests()).orElse(List.of());
    int at = name.indexOf('@');
    return at < 0
        ? tags.contains(name + ":latest") || tags.contains(name)
        : digests.stream().anyMatch(d -> d.endsWith(name.substring(at)));
  }

  private static Map<String, String> labels(InspectImageResponse image) {
    ContainerConfig config = image.getConfig();
    return config == null || config.getLabels() == null ? Map.of() : config.getLabels();
  }

  private static BuildFailure.UserFault foreign(ImageReference name) {
    return new BuildFailure.UserFault(
        name.where()
            + " names "
            + Shown.of(name.name())
            + ", which is no image of this app's; build on an image out of a registry");
  }
}
