package io.skypanel.worker.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.skypanel.worker.settings.ImageSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** BuildKit by buildx, which all builds are done with. */
class BuildxImageBuilderIT extends BuildKitContract {
  @Override
  ImageSettings.Builder choice() {
    return ImageSettings.Builder.BUILDX;
  }

  @Test
  void noArgumentIsOnACommandLineAndNoVariableInAnEnvironment() throws Exception {
    String value = "visible-" + unique;
    file("Dockerfile", base("ARG TOKEN\nRUN echo waiting && sleep 5 && echo done"));
    var run =
        CompletableFuture.supplyAsync(
            () -> catchThrowable(() -> build(job(Optional.empty(), Map.of("TOKEN", value)))));
    org.awaitility.Awaitility.await()
        .atMost(java.time.Duration.ofSeconds(60))
        .until(() -> progress.output().contains("waiting\n"));

    List<ProcessHandle> ours =
        ProcessHandle.current()
            .descendants()
            .filter(p -> p.info().commandLine().orElse("").contains("bake"))
            .toList();
    assertThat(ours).isNotEmpty();
    for (ProcessHandle process : ours) {
      for (String file : List.of("cmdline", "environ")) {
        assertThat(Files.readString(Path.of("/proc/" + process.pid(), file))).doesNotContain(value);
      }
    }
    assertThat(run.get()).isNull();
  }
}
