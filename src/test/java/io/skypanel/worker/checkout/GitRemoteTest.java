package io.skypanel.worker.checkout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.GitSource;
import io.skypanel.worker.settings.GitSettings;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GitRemoteTest {
  @ParameterizedTest
  @CsvSource({
    "https://h/o/r.git, https://h/o/r.git, , ",
    "https://ann:a%3Ab+c@h:8443/r, https://h:8443/r, ann, a:b+c",
    "https://token@h/r, https://h/r, token, ''",
    "https://ann:p@ss@h/r, https://h/r, ann, p@ss",
    "https://ann:100%@h/r, https://h/r, ann, 100%",
    "https://h/r@2, https://h/r@2, , ",
    "ssh://git@h/r, ssh://git@h/r, , ",
    "ssh://git:secret@h/r, ssh://git@h/r, , ",
    "git@h:o/r.git, git@h:o/r.git, , ",
  })
  void takesTheCredentialOutOfTheAddress(String url, String bare, String user, String password)
      throws Exception {
    GitRemote remote = GitRemote.of(source(url, "main"));

    assertThat(remote.url()).isEqualTo(bare);
    assertThat(remote.credential().map(GitRemote.Credential::user))
        .isEqualTo(Optional.ofNullable(user));
    assertThat(remote.credential().map(GitRemote.Credential::password))
        .isEqualTo(Optional.ofNullable(password));
    assertThat(source(url, "main").displayUrl()).doesNotContain("ss@h").doesNotContain("secret");
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://a:b%0Ahost=evil@h/r", "https://h/\nr", "--upload-pack=x", " "})
  void refusesWhatCouldSpeakForItself(String url) {
    assertThatThrownBy(() -> GitRemote.of(source(url, "main")))
        .isInstanceOf(BuildFailure.UserFault.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-x", "a..b", "a b", "a:b", "+a^", "a.lock", "", "a\u0000b"})
  void refusesBranchNamesThatGitDoesNotAllow(String branch) {
    assertThatThrownBy(() -> GitRemote.of(source("https://h/r", branch)))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("is not one that git allows");
  }

  @Test
  void gitSeesOnlyWhatItNeedsOfTheWorkersEnvironment() throws Exception {
    GitEnvironment environment =
        new GitEnvironment(
            GitSettings.DEFAULT,
            Map.of(
                "PATH", "/bin", "SSH_AUTH_SOCK", "/s", "WORKER_AUTH_TOKEN", "t", "GIT_DIR", "/x"));

    Map<String, String> seen =
        environment.of(
            GitRemote.of(source("https://u:p@h/r", "main")),
            Path.of("/w"),
            "socks5h://127.0.0.1:1",
            Map.of());

    assertThat(seen)
        .containsEntry("PATH", "/bin")
        .containsEntry("HOME", "/w")
        .containsEntry("GIT_TERMINAL_PROMPT", "0")
        .containsEntry("GIT_ALLOW_PROTOCOL", "http:https:ssh")
        .containsValue("credential.https://h.helper")
        .doesNotContainKeys("WORKER_AUTH_TOKEN", "SSH_AUTH_SOCK", "GIT_DIR");
    assertThat(seen.entrySet().stream().filter(e -> e.getValue().equals("p")))
        .extracting(Map.Entry::getKey)
        .containsExactly("SKYPANEL_GIT_PASSWORD_0");
  }

  private static GitSource source(String url, String branch) {
    return new GitSource(url, branch, Optional.empty());
  }
}
