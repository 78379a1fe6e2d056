package io.skypanel.worker.cleanup;

import io.skypanel.worker.apps.AppDeployment;
import io.skypanel.worker.apps.AppRecord;
import java.util.List;

/** Which of an app's deployments could be rolled back to, and so keep their images. */
final class KeptDeployments {
  private KeptDeployments() {}

  /** The newest {@code keepImages} that served, the current one first. Pure. */
  static List<AppDeployment> of(AppRecord app, int keepImages) {
    return app.deployments().stream().filter(AppDeployment::served).limit(keepImages).toList();
  }
}
