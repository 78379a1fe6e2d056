package io.skypanel.worker.cleanup;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.Image;
import io.skypanel.worker.apps.AppDeployment;
import io.skypanel.worker.apps.AppRecord;
import io.skypanel.worker.apps.AppRecords;
import io.skypanel.worker.job.ImageRef;
import io.skypanel.worker.job.Labels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes images of failed and superseded deployments. The newest that served stay for each app, so
 * do a running build's and what any container uses. An image is removed by its own name, never by
 * force, so that a name somebody else gave it keeps it.
 */
final class SupersededImages {
  private static final Logger log = LoggerFactory.getLogger(SupersededImages.class);

  private final DockerClient docker;
  private final String workerId;
  private final AppRecords records;
  private final int keepImages;
  private final Supplier<Set<String>> activeDeployments;

  SupersededImages(
      DockerClient docker,
      String workerId,
      AppRecords records,
      int keepImages,
      Supplier<Set<String>> activeDeployments) {
    this.docker = docker;
    this.workerId = workerId;
    this.records = records;
    this.keepImages = keepImages;
    this.activeDeployments = activeDeployments;
  }

  /** Names (or ids, of those that lost their name) of what may go. */
  List<String> find() {
    Map<String, String> label = Map.of(Labels.WORKER, workerId);
    List<Image> images = docker.listImagesCmd().withLabelFilter(label).exec();
    if (images.isEmpty()) {
      return List.of();
    }
    // a container made from such an image has inherited the label, whoever made it
    Set<String> used =
        docker.listContainersCmd().withShowAll(true).withLabelFilter(label).exec().stream()
            .map(Container::getImageId)
            .collect(Collectors.toSet());
    // after the listings, as for containers
    Set<String> active = activeDeployments.get();
    Map<String, List<Image>> byApp =
        images.stream()
            .filter(image -> image.getLabels().containsKey(Labels.APP))
            .collect(Collectors.groupingBy(image -> image.getLabels().get(Labels.APP)));
    List<String> removable = new ArrayList<>();
    byApp.forEach(
        (appId, ofApp) -> {
          Optional<AppRecord> app = records.find(appId);
          Set<String> kept = kept(app, ofApp);
          ofApp.stream()
              .filter(image -> !used.contains(image.getId()) && !kept.contains(image.getId()))
              .filter(image -> !active.contains(image.getLabels().get(Labels.DEPLOYMENT)))
              .flatMap(image -> names(image, appId, app).stream())
              .forEach(removable::add);
        });
    return removable;
  }

  /** Removes them; returns how many went. */
  int remove(Collection<String> names) {
    int removed = 0;
    for (String name : names) {
      try {
        docker.removeImageCmd(name).withForce(false).withNoPrune(true).exec();
        log.debug("Removed image {}", name);
        removed++;
      } catch (NotFoundException | ConflictException inUse) {
        log.debug("Image {} stays: {}", name, inUse.getMessage());
      } catch (DockerException e) {
        log.warn("Image {} can't be removed: {}", name, e.getMessage());
      }
    }
    return removed;
  }

  private Set<String> kept(Optional<AppRecord> app, List<Image> images) {
    if (app.isPresent()) {
      return KeptDeployments.of(app.get(), keepImages).stream()
          .map(AppDeployment::imageId)
          .collect(Collectors.toSet());
    }
    // the record is lost: any of them may have served
    return images.stream()
        .sorted(Comparator.comparing(Image::getCreated).reversed())
        .limit(keepImages)
        .map(Image::getId)
        .collect(Collectors.toSet());
  }

  private static Set<String> names(Image image, String appId, Optional<AppRecord> app) {
    String ours = ImageRef.PREFIX + ImageRef.clean(appId) + ":";
    Set<String> tags = references(image.getRepoTags());
    Set<String> names = new HashSet<>(tags);
    names.removeIf(tag -> !tag.startsWith(ours));
    boolean nameless = tags.isEmpty() && references(image.getRepoDigests()).isEmpty();
    // what somebody builds from an app's image inherits its labels, so a nameless one must be known
    boolean known =
        app.stream()
            .flatMap(record -> record.deployments().stream())
            .anyMatch(deployment -> deployment.imageId().equals(image.getId()));
    return nameless && known ? Set.of(image.getId()) : names;
  }

  private static Set<String> references(String[] refs) {
    return refs == null
        ? Set.of()
        : Arrays.stream(refs).filter(r -> !r.startsWith("<none>")).collect(Collectors.toSet());
  }
}
