package io.skypanel.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.skypanel.worker.panel.NodeCredentials;
import io.skypanel.worker.settings.Machine;
import io.skypanel.worker.settings.SettingSources;
import io.skypanel.worker.settings.WorkerSettings;
import io.skypanel.worker.status.ApiToken;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnSecretsTest {
  @TempDir Path folder;

  private List<String> secrets(Map<String, String> given) throws Exception {
    Map<String, String> environment = new HashMap<>(given);
    environment.put("SKYPANEL_URL", "https://panel.example.com");
    environment.put("STATE_DIR", folder.toString());
    WorkerSettings settings =
        WorkerSettings.read(
            new SettingSources(environment, Map.of(), Map.of()),
            new Machine("build-1", 4, false, folder, folder, folder));
    return new OwnSecrets(
            settings,
            ApiToken.of(settings.apiToken(), folder),
            new NodeCredentials(folder, settings.givenCredentials(), new ObjectMapper()),
            environment)
        .all();
  }

  @Test
  void allThatTheSettingsHoldIsAmongThem() throws Exception {
    assertThat(
            secrets(
                Map.of(
                    "WORKER_API_TOKEN", "api-token-of-the-worker",
                    "WORKER_NODE_ID", "node-1",
                    "WORKER_AUTH_TOKEN", "node-token",
                    "REDACT_TOKENS", "configured",
                    "REGISTRY_AUTH",
                        "{\"auths\":{\"r.test\":{\"username\":\"u\",\"password\":\"registry-pw\"}}}",
                    "GIT_CREDENTIALS",
                        "{\"h\":{\"user\":\"tokenofgit\",\"token\":\"x-oauth-basic\"},"
                            + "\"i\":{\"user\":\"ci\",\"token\":\"git-token\"}}")))
        .contains(
            "api-token-of-the-worker",
            "node-token",
            "configured",
            "registry-pw",
            "tokenofgit",
            "git-token")
        .doesNotContain("ci", "node-1");
  }

  @Test
  void passwordsOfProxiesAreAmongThemHoweverTheProxyIsNamed() throws Exception {
    assertThat(
            secrets(
                Map.of(
                    "https_proxy", "http://me:first%2Fpw@proxy:3128",
                    "HTTP_PROXY", "me:second-pw@proxy",
                    "http_proxy", "http://build@proxy",
                    "ALL_PROXY", "http://me:third-pw@proxy")))
        .contains("first%2Fpw", "first/pw", "second-pw", "third-pw")
        .doesNotContain("me", "build");
  }
}
