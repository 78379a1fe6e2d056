package io.skypanel.worker.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WorkerProcessTest {
  private static String direct(Map<String, String> given) {
    Map<String, String> environment = new HashMap<>(given);
    WorkerProcess.reachLoopbackDirectly(environment);
    return environment.get("no_proxy");
  }

  @Test
  void loopbackIsReachedDirectlyBesideWhatElseIs() {
    assertThat(direct(Map.of())).isEqualTo("127.0.0.1");
    assertThat(direct(Map.of("NO_PROXY", "a.test"))).isEqualTo("a.test,127.0.0.1");
    assertThat(direct(Map.of("NO_PROXY", "a.test", "no_proxy", "b.test")))
        .isEqualTo("b.test,127.0.0.1");
  }
}
