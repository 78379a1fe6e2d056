package io.skypanel.worker.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skypanel.worker.job.BuildFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheKeyTest {
  @TempDir Path state;

  @Test
  void aNameIsTheSameAfterARestartAndAnotherForEachAppAndUse() throws Exception {
    CacheKey key = new CacheKey(state);
    String name = key.name("mounts", "a");

    assertThat(name).matches("[0-9a-f]{64}").isEqualTo(new CacheKey(state).name("mounts", "a"));
    assertThat(name).isNotEqualTo(key.name("mounts", "b")).isNotEqualTo(key.name("steps", "a"));
  }

  @Test
  void whoKnowsAllIdsOfAnotherWorkerDoesNotKnowItsNames(@TempDir Path other) throws Exception {
    assertThat(new CacheKey(state).name("mounts", "a"))
        .isNotEqualTo(new CacheKey(other).name("mounts", "a"));
  }

  @Test
  void theKeyIsMadeAtTheFirstUseAndIsItsOwnersAlone() throws Exception {
    CacheKey key = new CacheKey(state);
    assertThat(state).isEmptyDirectory();

    key.name("mounts", "a");

    Path file = state.resolve("cache-key");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void aKeyThatIsNoneIsMadeAnew() throws Exception {
    Path file = state.resolve("cache-key");
    Files.writeString(file, "0123\n");

    String name = new CacheKey(state).name("mounts", "a");

    assertThat(Files.readString(file)).matches("[0-9a-f]{64}\n");
    assertThat(name).isEqualTo(new CacheKey(state).name("mounts", "a"));
  }

  @Test
  void aStateFolderThatIsGoneIsTheWorkersFault() {
    assertThatThrownBy(() -> new CacheKey(state.resolve("gone")).name("mounts", "a"))
        .isInstanceOf(BuildFailure.WorkerFault.class)
        .hasMessageContaining("cache-key");
  }
}
