package io.skypanel.worker.checkout;

import static org.assertj.core.api.Assertions.assertThat;

import io.skypanel.worker.job.GitSource;
import io.skypanel.worker.settings.GitCredentials;
import io.skypanel.worker.settings.GitSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GitEnvironmentTest {
  private static final GitCredentials OPERATORS =
      new GitCredentials(
          Map.of("https://bitbucket.org", new GitCredentials.Login("operator", "token")), Map.of());

  @ParameterizedTest
  @CsvSource({
    "jdoe@, operator, token",
    "git@, operator, token",
    "jdoe:own@, jdoe, own",
    "ghp_16C7e42F292c6912E7710c838347Ae178B4a@, ghp_16C7e42F292c6912E7710c838347Ae178B4a, ''",
    "'', operator, token"
  })
  void aNameAloneInAnAddressLeavesTheOperatorsLoginInForce(
      String login, String user, String password) throws Exception {
    GitRemote remote =
        GitRemote.of(
            new GitSource("https://" + login + "bitbucket.org/a/b.git", "main", Optional.empty()));

    Map<String, String> environment =
        new GitEnvironment(settings(), Map.of())
            .of(remote, Path.of("/home"), "http://127.0.0.1:1", Map.of());

    assertThat(environment)
        .containsEntry("SKYPANEL_GIT_USER_0", user)
        .containsEntry("SKYPANEL_GIT_PASSWORD_0", password)
        .doesNotContainKey("SKYPANEL_GIT_USER_1");
  }

  private static GitSettings settings() {
    GitSettings usual = GitSettings.DEFAULT;
    return new GitSettings(
        usual.protocols(), List.of(), List.of(), Optional.empty(), OPERATORS, usual.proxies());
  }
}
