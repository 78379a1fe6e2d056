package io.skypanel.worker.checkout;

import static org.assertj.core.api.Assertions.assertThat;

import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.GitSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GitFailureTest {
  private static final GitSource SOURCE =
      new GitSource("https://u:p@example.com/openssl/timeout.git", "main", Optional.empty());

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "fatal: couldn't find remote ref refs/heads/main | user | The branch main is not in",
        "fatal: repository 'https://example.com/openssl/timeout.git/' not found | user | not found",
        "fatal: Authentication failed for 'https://example.com/openssl/' | user | was refused",
        "fatal: could not read Username for 'https://x': terminal prompts disabled | user | refused",
        "git@example.com: Permission denied (publickey). | user | was refused",
        "fatal: transport 'file' not allowed | user | use https or ssh",
        "fatal: unable to access 'x': Could not resolve host: x | worker | can't be reached",
        "fatal: unable to access 'x': The requested URL returned error: 503 | worker | reached",
        "fatal: unable to access 'x': The requested URL returned error: 403 | user | refused",
        "ssh: connect to host x port 22: Connection timed out | worker | can't be reached",
        "error: file write error: No space left on device | worker | disk is full",
        "fatal: something new | worker | git fetch of https://example.com/openssl/timeout.git failed",
      })
  void tellsWhoseFaultItIs(String line, String kind, String message) {
    BuildFailure failure =
        new GitFailure(
                SOURCE,
                new Git.Result(
                    128, List.of("remote: Permission denied (no)", line), Optional.empty()))
            .ofFetch(128);

    assertThat(failure.kind()).isEqualTo(kind);
    assertThat(failure).hasMessageContaining(message).hasMessageNotContaining("u:p@");
  }

  @Test
  void ofAProgressBarOnlyTheLastStateIsShownAndLinesStayBounded() {
    StringBuilder shown = new StringBuilder();
    GitOutput output = new GitOutput(shown::append);

    output.accept("Receiving: 1%\rReceiving: 5");
    output.accept("0%\rReceiving: 100%, done.\nfatal: x");

    assertThat(output.lastLines()).containsExactly("Receiving: 100%, done.", "fatal: x");
    assertThat(shown).hasToString("Receiving: 100%, done.\nfatal: x\n");
    output.accept("y".repeat(1_000_000));
    assertThat(output.lastLines()).allMatch(line -> line.length() <= 4096);
  }
}
