package io.skypanel.worker.cleanup;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeftoverImagesTest {
  @TempDir Path folder;

  @Test
  void idsStayInOrderOverARestartUntilTheyAreForgotten() {
    new LeftoverImages(folder).accept(List.of("sha256:1", "sha256:2"));
    new LeftoverImages(folder).accept(List.of("sha256:2", "sha256:3"));

    LeftoverImages leftovers = new LeftoverImages(folder);
    assertThat(leftovers.ids()).containsExactly("sha256:1", "sha256:2", "sha256:3");

    leftovers.forget(List.of("sha256:2"));
    assertThat(leftovers.ids()).containsExactly("sha256:1", "sha256:3");
    leftovers.forget(leftovers.ids());
    assertThat(new LeftoverImages(folder).ids()).isEmpty();
    assertThat(folder.resolve("leftover-images")).doesNotExist();
  }

  @Test
  void whatTheDiskDoesNotTakeIsWrittenWhenItDoes() throws Exception {
    Path state = folder.resolve("state");
    LeftoverImages leftovers = new LeftoverImages(state);
    leftovers.accept(List.of("sha256:1"));
    Files.createDirectory(state);

    assertThat(leftovers.ids()).containsExactly("sha256:1");
    assertThat(new LeftoverImages(state).ids()).containsExactly("sha256:1");
  }

  @Test
  void manyBuildsMayFailAtOnce() {
    LeftoverImages leftovers = new LeftoverImages(folder);

    IntStream.range(0, 30).parallel().forEach(i -> leftovers.accept(List.of("sha256:" + i)));

    assertThat(leftovers.ids()).hasSize(30);
  }
}
