package io.skypanel.worker.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProcfileTest {
  @Test
  void namesWhatServesTheWeb() {
    Procfile procfile = new Procfile("# ours\r\nworker: node jobs.js\r\nweb:  node a.js: b \r\n");

    assertThat(procfile.web()).contains("node a.js: b");
    assertThat(procfile.workerAlone()).isEmpty();
  }

  @Test
  void namesAWorkerThatIsAlone() {
    assertThat(new Procfile("worker: node jobs.js\nrelease: x").workerAlone())
        .contains("node jobs.js");
  }

  @Test
  void passesOverLinesOfAnotherKind() {
    assertThat(new Procfile("web\nweb:\n: x\n\n").web()).isEmpty();
  }
}
