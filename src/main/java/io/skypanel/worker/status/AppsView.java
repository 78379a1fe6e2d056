package io.skypanel.worker.status;

import io.skypanel.worker.apps.AppBoard;
import io.skypanel.worker.apps.AppDeployment;
import io.skypanel.worker.apps.AppOverview;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The apps, ready for JSON. Thread-safe. */
final class AppsView {
  private final AppOverview overview;

  AppsView(AppOverview overview) {
    this.overview = overview;
  }

  /** All of them; see {@link AppOverview#apps}. */
  List<Map<String, Object>> apps(boolean engineAnswers) {
    return overview.apps(engineAnswers).stream().map(AppsView::app).toList();
  }

  private static Map<String, Object> app(AppOverview.Entry entry) {
    Optional<AppDeployment> current = entry.app().current();
    Optional<AppDeployment> shown =
        current.or(() -> entry.app().deployments().stream().findFirst());
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("appId", entry.app().appId());
    view.put("name", entry.app().name());
    view.put("state", entry.state().label());
    view.put("deploymentId", shown.map(AppDeployment::deploymentId).orElse(null));
    view.put("commitSha", shown.map(AppDeployment::commitSha).orElse(null));
    view.put("since", shown.map(d -> d.at().toString()).orElse(null));
    view.put("url", current.flatMap(AppDeployment::url).orElse(null));
    view.put("hostPort", current.map(AppsView::port).orElse(null));
    view.put("restarts", entry.figures().restarts());
    view.put("outOfMemory", entry.figures().outOfMemory());
    view.put("lastExit", entry.figures().lastExit().map(AppsView::exit).orElse(null));
    return view;
  }

  private static Integer port(AppDeployment deployment) {
    return deployment.hostPort().isPresent() ? deployment.hostPort().getAsInt() : null;
  }

  private static Map<String, Object> exit(AppBoard.Exit exit) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("code", exit.code());
    view.put("at", exit.at().toString());
    return view;
  }
}
