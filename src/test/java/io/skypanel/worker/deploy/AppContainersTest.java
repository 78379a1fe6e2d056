package io.skypanel.worker.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.skypanel.worker.job.Labels;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AppContainersTest {
  private static final String UUID = "6d8a1c2e-1111-4222-8333-944455556666";

  @Test
  void aLabelCountsOnlyTogetherWithTheName() {
    Map<String, String> labels = Map.of(Labels.APP, "a1");
    assertThat(belongs("skypanel-app-a1-d7", labels, "a1")).isTrue();
    assertThat(belongs("debug-shell", labels, "a1")).isFalse();
    assertThat(belongs("skypanel-app-a1-d7", Map.of(Labels.APP, "a2"), "a1")).isFalse();
  }

  @Test
  void withoutLabelsTheNameMustEndInADeploymentsUuidRightBehindTheAppsId() {
    assertThat(belongs("skypanel-app-a1-" + UUID, Map.of(), "a1")).isTrue();
    assertThat(belongs("skypanel-app-a1-2-" + UUID, Map.of(), "a1")).isFalse();
    assertThat(belongs("skypanel-app-a1-database", Map.of(), "a1")).isFalse();
    assertThat(belongs("x-skypanel-app-a1-" + UUID, Map.of(), "a1")).isFalse();
    assertThat(belongs("skypanel-app-a.1-" + UUID, Map.of(), "a.1")).isTrue();
    assertThat(belongs("skypanel-app-ab1-" + UUID, Map.of(), "a.1")).isFalse();
  }

  private static boolean belongs(String name, Map<String, String> labels, String appId) {
    return AppContainers.belongs(List.of(name), labels, appId);
  }
}
