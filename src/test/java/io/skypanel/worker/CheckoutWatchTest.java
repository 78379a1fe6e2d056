package io.skypanel.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.skypanel.worker.job.Build;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.StopSignal;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckoutWatchTest {
  private static final long MAX_BYTES = 64L << 20;

  @TempDir Path folder;
  private final List<Build> builds = new ArrayList<>();

  private Build build(String name) throws IOException {
    Path workspace = Files.createDirectories(folder.resolve(name).resolve("source"));
    Build build = new Build(null, workspace.getParent(), null, new StopSignal());
    builds.add(build);
    return build;
  }

  private static void fill(Build build, long bytes) throws IOException {
    byte[] random = new byte[1 << 20];
    new Random(1).nextBytes(random);
    try (OutputStream out = Files.newOutputStream(build.workspace().resolve("source/file"))) {
      for (long written = 0; written < bytes; written += random.length) {
        out.write(random);
      }
    }
  }

  @Test
  void aCheckoutThatTakesMoreThanItMayIsStoppedAndItsNeighbourIsNot() throws Exception {
    CheckoutWatch watch =
        new CheckoutWatch(
            List.of(folder), MAX_BYTES / 4, () -> List.copyOf(builds), Build::workspace);
    watch.look();
    Build greedy = build("greedy");
    Build small = build("small");
    fill(small, 1 << 20);
    fill(greedy, 3 * MAX_BYTES);
    watch.look();

    assertThat(greedy.stop().reason())
        .hasValueSatisfying(
            why ->
                assertThat(why)
                    .isInstanceOf(BuildFailure.UserFault.class)
                    .hasMessageContaining("64 MB"));
    assertThat(small.stop().reason()).isEmpty();
  }
}
