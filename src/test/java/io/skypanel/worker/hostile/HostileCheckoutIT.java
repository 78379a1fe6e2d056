package io.skypanel.worker.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.skypanel.worker.checkout.CheckoutFixture;
import io.skypanel.worker.checkout.KeptCheckouts;
import io.skypanel.worker.checkout.WorkspaceRemover;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.sandbox.GitServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the checkout alone makes of hostile repositories. */
@Timeout(300)
class HostileCheckoutIT {
  /** Git takes minutes until it has all the memory that it may have; {@code HostileIT} has it. */
  private static final String SLOWEST = "trees-of-equal-trees";

  /** Some trees are deeper than can be walked. */
  private static final int WALKED_LEVELS = 64;

  @TempDir Path temp;

  private GitServer server;
  private Path canary;
  private HostileRepositories hostile;

  @BeforeEach
  void serve() throws IOException {
    server = GitServer.open();
    canary = temp.resolve("canary");
    Path outside = HostileRepositories.prepare(temp);
    hostile = new HostileRepositories(server.repositories(), server.url(), canary, outside);
  }

  @AfterEach
  void close() {
    server.close();
  }

  static Stream<String> names() {
    return HostileRepositories.names().stream().filter(name -> !name.equals(SLOWEST));
  }

  @ParameterizedTest
  @MethodSource("names")
  void runsNoCommandNeitherWritesNorReadsOutsideAndIsRemoved(String name) throws Exception {
    String url = hostile.make(name);
    List<String> before = tree(temp);
    CheckoutFixture fixture = new CheckoutFixture(temp.resolve("builds/workspace"));

    Throwable end = catchThrowable(() -> fixture.fetch(url));

    assertThat(canary).doesNotExist();
    try (Stream<Path> all = Files.walk(temp, WALKED_LEVELS)) {
      assertThat(all).noneMatch(p -> p.getFileName().toString().startsWith("canary"));
    }
    assertThat(tree(temp).stream().filter(p -> !p.contains("/builds")))
        .containsExactlyElementsOf(before);
    try (Stream<Path> files = Files.walk(temp.resolve("builds"), WALKED_LEVELS)) {
      for (Path file :
          files.filter(f -> Files.isRegularFile(f, LinkOption.NOFOLLOW_LINKS)).toList()) {
        assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
            .doesNotContain(HostileRepositories.SECRET);
      }
    }
    assertThat(fixture.said()).noneMatch(line -> line.contains(HostileRepositories.SECRET));
    if (end != null) {
      assertThat(end).isInstanceOf(BuildFailure.class).hasMessageNotContaining("\n");
      assertThat(end instanceof BuildFailure.UserFault || end.getMessage().contains("be reached"))
          .as(end.toString())
          .isTrue();
    }

    new WorkspaceRemover(KeptCheckouts.NONE).removeFolder(temp.resolve("builds/workspace"));
    assertThat(temp.resolve("builds")).isEmptyDirectory();
  }

  private static List<String> tree(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder, WALKED_LEVELS)) {
      return all.map(Path::toString).sorted().toList();
    }
  }
}
