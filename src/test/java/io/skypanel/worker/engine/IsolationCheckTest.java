package io.skypanel.worker.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.model.Info;
import com.github.dockerjava.api.model.RuntimeInfo;
import io.skypanel.worker.apps.EngineBench;
import io.skypanel.worker.settings.WorkerSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IsolationCheckTest {
  @TempDir Path folder;

  @Test
  void aRuntimeThatTheEngineHasNotIsNamedWithThoseThatItHas() {
    assertThat(problem(Map.of("APP_RUNTIME", "runsc"), "name=seccomp,profile=default"))
        .contains(
            "APP_RUNTIME is 'runsc', but the engine has the runtimes kata, runc; add it to the"
                + " engine's daemon.json, or set another");
    assertThat(problem(Map.of("APP_RUNTIME", "kata"), "name=seccomp,profile=default")).isEmpty();
  }

  @Test
  void whoWantsRemappedUsersGetsThemOrIsTold() {
    Map<String, String> remap = Map.of("APP_USERNS", "remap");

    assertThat(problem(remap, "name=seccomp,profile=default"))
        .hasValueSatisfying(p -> assertThat(p).contains("userns-remap"));
    assertThat(problem(remap, "name=userns")).isEmpty();
    assertThat(problem(remap, "name=rootless")).isEmpty();
    assertThat(problem(Map.of(), "name=seccomp,profile=default")).isEmpty();
  }

  @Test
  void anEngineElsewhereHasNoNetworksHereToCloseOff() {
    assertThat(
            problem(
                Map.of("APP_FIREWALL", "true", "DOCKER_HOST", "tcp://192.0.2.7:2376"),
                "name=apparmor"))
        .hasValueSatisfying(p -> assertThat(p).contains("the engine at tcp://192.0.2.7:2376"));
  }

  @Test
  void aRootlessEngineHasNoNetworksHereToCloseOff() {
    assertThat(problem(Map.of("APP_FIREWALL", "true"), "name=rootless"))
        .hasValueSatisfying(p -> assertThat(p).startsWith("APP_FIREWALL"));
  }

  private Optional<String> problem(Map<String, String> environment, String securityOption) {
    WorkerSettings settings = EngineBench.settings(folder, environment);
    Info engine =
        new Info()
            .withRuntimes(Map.of("runc", new RuntimeInfo(), "kata", new RuntimeInfo()))
            .withSecurityOptions(List.of(securityOption));
    return IsolationCheck.problem(settings.isolation(), settings.docker(), engine);
  }
}
