package io.skypanel.worker.chaos;

import io.skypanel.worker.sandbox.DeploymentView;
import io.skypanel.worker.sandbox.SandboxPanel;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** How builds end at the panel. */
final class Ends {
  private static final Set<List<String>> ALLOWED =
      Set.of(
          List.of("building", "building_success", "deployed"),
          List.of("building", "building_success", "deployment_failed"),
          List.of("building", "building_failed"));

  private Ends() {}

  static boolean isFinal(String status) {
    return status.equals("deployed") || status.endsWith("_failed");
  }

  static boolean hasEnded(SandboxPanel panel, String deploymentId) {
    return panel.statusesOf(deploymentId).stream().anyMatch(Ends::isFinal);
  }

  static boolean isDeployed(SandboxPanel panel, String deploymentId) {
    return panel.statusesOf(deploymentId).contains("deployed");
  }

  /** Whether there is one final value and the order is right; repeats in place are allowed. */
  static boolean isInOrder(DeploymentView deployment) {
    List<String> seen = new ArrayList<>();
    for (String status : deployment.statuses()) {
      if (seen.isEmpty() || !seen.get(seen.size() - 1).equals(status)) {
        seen.add(status);
      }
    }
    return ALLOWED.contains(seen);
  }
}
