package io.skypanel.worker.checkout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.GitSource;
import io.skypanel.worker.settings.GitCredentials;
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
  @CsvSource({
    "https://h/o/r.git, https://h/o/r.git",
    "https://ann:pass@h:8443/r, https://h:8443/r",
    "git@h:o/r.git, git@h:o/r.git",
    "https://ann:pa/ss@h/r, https://****@h/r",
    "https://ann:12/pass@h/r, https://****@h/r",
    "https://pass/word@h/r, https://****@h/r",
    "https://ann:p@ss/pass?#@h/r, https://****@h/r",
    "https://evil.example.com/x@good.example.com/r, https://****@good.example.com/r",
  })
  void showsNothingThatMayBeOfTheCredentialAndNoOtherHostAsTheHost(String url, String shown) {
    assertThat(source(url, "main").displayUrl()).isEqualTo(shown);
  }

  @ParameterizedTest
  @CsvSource({
    "https://ann:p@h:443/r, https://h",
    "https://ann:p@h:0443/r, https://h",
    "https://ann:p@H.example.com/r, https://h.example.com",
    "http://ann:p@h:80/r, http://h",
    "https://ann:p@h:80/r, https://h:80",
    "http://ann:p@h:443/r, http://h:443",
    "https://ann:p@[::1]:443/r, https://[::1]",
  })
  void aCredentialIsForTheSameHostHoweverItIsWritten(String url, String scope) throws Exception {
    GitRemote remote = GitRemote.of(source(url, "main"));

    assertThat(remote.credential().orElseThrow().scope()).isEqualTo(scope);
    assertThat(remote.url()).isEqualTo(scope + "/r");
  }

  @Test
  void theCredentialOfTheAddressComesBeforeTheOperatorsForThatHost() throws Exception {
    GitSettings given = GitSettings.DEFAULT;
    var logins = Map.of("https://h", new GitCredentials.Login("operator", "o"));
    GitEnvironment environment =
        new GitEnvironment(
            new GitSettings(
                given.protocols(),
                given.hosts(),
                given.deniedAddresses(),
                given.knownHosts(),
                new GitCredentials(logins, Map.of()),
                given.proxies()),
            Map.of());

    assertThat(
            environment.of(
                GitRemote.of(source("https://ann:p@H:443/r", "main")),
                Path.of("/w"),
                "socks5h://127.0.0.1:1",
                Map.of()))
        .containsEntry("SKYPANEL_GIT_USER_0", "ann")
        .doesNotContainKey("SKYPANEL_GIT_USER_1");
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
