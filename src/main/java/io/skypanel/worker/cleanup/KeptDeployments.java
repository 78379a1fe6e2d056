package io.skypanel.worker.cleanup;

import io.skypanel.worker.apps.AppDeployment;
import io.skypanel.worker.apps.AppRecord;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Which of an app's deployments could be rolled back to, and so keep their images. */
final class KeptDeployments {
  private KeptDeployments() {}

  /** Those of the newest {@code keepImages} images that served, the current one first. Pure. */
  static List<AppDeployment> of(AppRecord app, int keepImages) {
    Set<String> images =
        app.deployments().stream()
            .filter(AppDeployment::served)
            .map(AppDeployment::imageId)
            .distinct()
            .limit(keepImages)
            .collect(Collectors.toSet());
    return app.deployments().stream()
        .filter(d -> d.served() && images.contains(d.imageId()))
        .toList();
  }
}
