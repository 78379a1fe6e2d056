package io.skypanel.worker.checkout;

import static org.assertj.core.api.Assertions.assertThat;

import io.skypanel.worker.egress.Trouble;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.GitSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GitFailureTest {
  private static final GitSource SOURCE =
      new GitSource("https://u:p@example.com/openssl/timeout.git", "main", Optional.empty());
  private static final Trouble REFUSED = new Trouble(true, "other is never fetched from");
  private static final Trouble UNREACHABLE = new Trouble(false, "no connection to other:443");
  private static final String LFS = "fatal: big: smudge filter lfs failed";

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
        "fatal: remote error: sorry | user | refused: remote error: sorry",
        "fatal: remote error: upload-pack: not our ref 1 | user | refused: remote error",
        "fatal: remote error: access denied or repository not exported: /x | user | was refused",
        "fatal: Out of memory, malloc failed (tried to allocate 9 bytes) | user | more memory",
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

  @ParameterizedTest
  @ValueSource(strings = {"fatal: no space left on device", "fatal: timeout", "error: ssl"})
  void whatFollowsAnErrorOfTheServersIsNoEvidence(String line) {
    GitFailure failure =
        new GitFailure(
            SOURCE,
            new Git.Result(128, List.of("fatal: remote error: sorry", line), Optional.empty()));

    assertThat(failure.mayPass()).isFalse();
    assertThat(failure.ofFetch(128)).isInstanceOf(BuildFailure.UserFault.class);
  }

  private static GitFailure failure(Trouble trouble, String... lines) {
    return new GitFailure(SOURCE, new Git.Result(128, List.of(lines), Optional.of(trouble)));
  }

  @Test
  void aConnectionThatFailedIsTheReasonWhereGitNamesNoOther() {
    assertThat(failure(REFUSED, "fatal: unable to access 'x': Empty reply").ofFetch(128))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessage("other is never fetched from");
    assertThat(failure(UNREACHABLE, "fatal: unable to access 'x': gnutls").ofSubmodules(128))
        .isInstanceOf(BuildFailure.WorkerFault.class)
        .hasMessageEndingWith("can't be reached: no connection to other:443");
    assertThat(failure(REFUSED, "error: external filter 'git-lfs' failed", LFS).ofLocal("x", 128))
        .hasMessage("other is never fetched from");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "fatal: Authentication failed for 'https://x/' | user | was refused",
        "error: file write error: No space left on device | worker | disk is full",
        "fatal: unable to write new_index file | worker | disk is full",
        "Host key verification failed. | user | GIT_KNOWN_HOSTS",
        "error: invalid path '../x' | user | can't be checked out",
      })
  void aReasonThatGitNamesIsToldBeforeAConnectionThatItWentOnWithout(
      String line, String kind, String message) {
    for (Trouble trouble : List.of(REFUSED, UNREACHABLE)) {
      GitFailure failure = failure(trouble, "fatal: unable to access 'y': Empty reply", line);

      assertThat(failure.mayPass()).isFalse();
      assertThat(failure.ofSubmodules(128).kind()).isEqualTo(kind);
      assertThat(failure.ofSubmodules(128))
          .hasMessageContaining(message)
          .hasMessageEndingWith(". Besides: " + trouble.message());
    }
  }

  @Test
  void onlyWhatIsTheNetworksIsTriedAgain() {
    assertThat(failure(UNREACHABLE, "fatal: x").mayPass()).isTrue();
    assertThat(failure(REFUSED, "fatal: x: Connection reset").mayPass()).isFalse();
    assertThat(failure(UNREACHABLE, "access denied", LFS).mayPass()).isTrue();
  }

  @Test
  void aConnectionThatBreaksOffWhileGitWritesIsNoFullDisk() {
    var result =
        new Git.Result(
            128, List.of("fatal: unable to write to remote: Broken pipe"), Optional.empty());

    assertThat(new GitFailure(SOURCE, result).mayPass()).isTrue();
    assertThat(new GitFailure(SOURCE, result).ofFetch(128))
        .hasMessageContaining("can't be reached");
  }

  @Test
  void whatAnLfsServerSaysIsNoEvidence() {
    var result = new Git.Result(128, List.of("no space left on device", LFS), Optional.empty());

    assertThat(new GitFailure(SOURCE, result).ofLocal("git checkout", 128))
        .hasMessageStartingWith("The LFS files of ");
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
