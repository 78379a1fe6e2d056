package io.skypanel.worker.checkout;

import static org.assertj.core.api.Assertions.assertThat;

import io.skypanel.worker.job.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommitReaderTest {
  @TempDir private Path folder;

  @Test
  void authorAndMessageAreGivenAsTheyStand() throws Exception {
    commit("Jörg", "Subject\n\nbody\n");

    Checkout.Commit commit = CommitReader.read(folder);

    assertThat(commit.author()).isEqualTo("Jörg <a@b>");
    assertThat(commit.message()).isEqualTo("Subject\n\nbody");
    assertThat(commit.sha()).hasSize(40);
  }

  @ParameterizedTest
  @ValueSource(ints = {100_000, 60_000_000})
  void ofMessagesOfAnySizeAndLongAuthorsOnlyTheStartIsGiven(int size) throws Exception {
    commit("a".repeat(10_000), "m".repeat(size));

    Checkout.Commit commit = CommitReader.read(folder);

    assertThat(commit.author()).isEqualTo("a".repeat(200) + "…");
    assertThat(commit.message()).isEqualTo("m".repeat(4096) + "…");
  }

  private void commit(String author, String message) throws IOException, InterruptedException {
    Path text = Files.writeString(folder.resolve("message"), message);
    git("init", "-q");
    git(
        "-c",
        "user.name=" + author,
        "-c",
        "user.email=a@b",
        "commit",
        "-q",
        "--allow-empty",
        "-F",
        text.toString());
  }

  private void git(String... arguments) throws IOException, InterruptedException {
    ProcessBuilder git = new ProcessBuilder("git").directory(folder.toFile()).inheritIO();
    git.command().addAll(List.of(arguments));
    assertThat(git.start().waitFor()).isZero();
  }
}
