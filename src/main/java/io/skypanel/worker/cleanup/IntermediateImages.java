package io.skypanel.worker.cleanup;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectImageResponse;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import io.skypanel.worker.apps.AppDeployment;
import io.skypanel.worker.apps.AppRecord;
import io.skypanel.worker.apps.AppRecords;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes the untagged images that builds made on their way, by the ids that app records and {@link
 * LeftoverImages} hold. Those of kept deployments stay as their build cache. While any build runs
 * nothing is removed, since it may be building upon them.
 */
final class IntermediateImages {
  private static final Logger log = LoggerFactory.getLogger(IntermediateImages.class);
  private static final int HISTORY = 50;

  private final DockerClient docker;
  private final AppRecords records;
  private final LeftoverImages leftovers;
  private final int keepImages;
  private final Supplier<Set<String>> activeDeployments;

  IntermediateImages(
      DockerClient docker,
      AppRecords records,
      LeftoverImages leftovers,
      int keepImages,
      Supplier<Set<String>> activeDeployments) {
    this.docker = docker;
    this.records = records;
    this.leftovers = leftovers;
    this.keepImages = keepImages;
    this.activeDeployments = activeDeployments;
  }

  Tally remove() {
    Set<String> kept = new HashSet<>();
    Set<String> dropped = new LinkedHashSet<>(leftovers.ids());
    List<AppRecord> apps = records.all();
    for (AppRecord app : apps) {
      List<AppDeployment> keeping = KeptDeployments.of(app, keepImages);
      for (AppDeployment deployment : app.deployments()) {
        (keeping.contains(deployment) ? kept : dropped).addAll(deployment.intermediates());
      }
    }
    dropped.removeAll(kept);
    // children are made after their parents, so they must go before them
    List<String> childrenFirst = new ArrayList<>(dropped);
    Collections.reverse(childrenFirst);
    Tally tally = Tally.NONE;
    Set<String> gone = new HashSet<>();
    for (String id : childrenFirst) {
      if (!activeDeployments.get().isEmpty()) {
        break;
      }
      tally = tally.plus(remove(id, gone));
    }
    forget(gone, apps);
    return tally;
  }

  private Tally remove(String id, Set<String> gone) {
    try {
      InspectImageResponse image = docker.inspectImageCmd(id).exec();
      if (!isEmpty(image.getRepoTags()) || !isEmpty(image.getRepoDigests())) {
        gone.add(id); // somebody has given it a name: it is no leftover any more
        return Tally.NONE;
      }
      long bytes = ownBytes(image);
      docker.removeImageCmd(id).withForce(false).withNoPrune(true).exec();
      gone.add(id);
      return Tally.ofImages(1, bytes);
    } catch (NotFoundException e) {
      gone.add(id);
    } catch (ConflictException inUse) {
      log.debug("Image {} stays: {}", id, inUse.getMessage());
    } catch (RuntimeException e) {
      // what an image says of itself may be unreadable: the others go all the same
      log.warn("Image {} can't be removed: {}", id, e.getMessage());
    }
    return Tally.NONE;
  }

  /** What it adds to its parent. */
  private long ownBytes(InspectImageResponse image) {
    String parent = image.getParent();
    if (parent == null || parent.isEmpty() || image.getSize() == null) {
      return 0;
    }
    try {
      Long below = docker.inspectImageCmd(parent).exec().getSize();
      return below == null ? 0 : Math.max(0, image.getSize() - below);
    } catch (NotFoundException e) {
      return 0;
    }
  }

  private static boolean isEmpty(List<String> refs) {
    return refs == null || refs.stream().allMatch(ref -> ref.startsWith("<none>"));
  }

  /** {@code apps} are as they were before; what came to them since, the next run forgets. */
  private void forget(Set<String> gone, List<AppRecord> apps) {
    leftovers.forget(gone);
    for (AppRecord app : apps) {
      if (app.deployments().size() > HISTORY
          || app.deployments().stream().anyMatch(d -> touches(d, gone))) {
        records.update(app.appId(), now -> without(now, gone));
      }
    }
  }

  private AppRecord without(AppRecord app, Set<String> gone) {
    List<AppDeployment> keeping = KeptDeployments.of(app, keepImages);
    List<AppDeployment> history = new ArrayList<>();
    for (AppDeployment deployment : app.deployments()) {
      List<String> left =
          deployment.intermediates().stream().filter(id -> !gone.contains(id)).toList();
      boolean recent = history.size() < HISTORY;
      if (recent || !left.isEmpty() || keeping.contains(deployment)) {
        history.add(
            left.equals(deployment.intermediates())
                ? deployment
                : deployment.withIntermediates(left));
      }
    }
    return app.withDeployments(history);
  }

  private static boolean touches(AppDeployment deployment, Set<String> gone) {
    return deployment.intermediates().stream().anyMatch(gone::contains);
  }
}
