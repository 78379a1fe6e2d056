package io.skypanel.worker.cleanup;

import io.skypanel.worker.apps.AppDeployment;
import io.skypanel.worker.apps.AppRecord;
import io.skypanel.worker.apps.AppRecords;
import io.skypanel.worker.apps.Launches;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;

/** What is kept of deployments whose images are not: without its image none comes back. */
final class SupersededLaunches {
  private final Launches launches;
  private final AppRecords records;
  private final int keepImages;
  private final Supplier<Set<String>> activeDeployments;

  SupersededLaunches(
      Launches launches,
      AppRecords records,
      int keepImages,
      Supplier<Set<String>> activeDeployments) {
    this.launches = launches;
    this.records = records;
    this.keepImages = keepImages;
    this.activeDeployments = activeDeployments;
  }

  void remove() {
    // before the records are read: one that ends in between stands in one of the two
    Set<String> kept = new HashSet<>(activeDeployments.get());
    for (AppRecord app : records.all()) {
      KeptDeployments.of(app, keepImages).stream()
          .map(AppDeployment::deploymentId)
          .forEach(kept::add);
    }
    launches.retainOnly(kept);
  }
}
