package io.skypanel.worker.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BuildxDefinitionTest {
  @Test
  void everyPartIsThereAndNothingInAValueIsRead() {
    BuildxDefinition definition =
        new BuildxDefinition(
            Path.of("/builds/$a/source"),
            Path.of("/builds/$a/source/Dockerfile"),
            "skypanel-app-a:d",
            Map.of("io.skypanel.app", "a"),
            Optional.of("web"),
            Map.of("TOKEN", "${HOME} $X \"q\"\n\u0085é"),
            Map.of("odd,\"id", Path.of("/builds/secret-0")),
            true);

    assertThat(definition.text())
        .isEqualTo(
            """
            {"name":"skypanel","services":{"app":{"build":{"context":"/builds/$$a/source",\
            "dockerfile":"/builds/$$a/source/Dockerfile","tags":["skypanel-app-a:d"],\
            "labels":{"io.skypanel.app":"a"},"target":"web",\
            "args":{"TOKEN":"$${HOME} $$X \\"q\\"\\n\\u0085é"},"network":"none",\
            "x-bake":{"secret":["\\"id=odd,\\"\\"id\\",\\"src=/builds/secret-0\\""]}}}}}""");
  }

  @Test
  void whatIsNotAskedForIsNotThere() {
    BuildxDefinition definition =
        new BuildxDefinition(
            Path.of("/s"),
            Path.of("/s/Dockerfile"),
            "a:d",
            Map.of(),
            Optional.empty(),
            Map.of(),
            Map.of(),
            false);

    assertThat(definition.text()).doesNotContain("network", "target");
  }

  @Test
  void theEnvironmentSecretQuotesForAShell() {
    assertThat(BuildSecrets.script(Map.of("A", "it's $(x)\n`y`")))
        .isEqualTo("export A='it'\\''s $(x)\n`y`'\n");
    assertThat(BuildSecrets.script(Map.of("not-a-name", "x"))).isEmpty();
  }

  @Test
  void theEnvironmentSecretLeavesTheShellItsOwnVariables() {
    Map<String, String> breaking =
        Map.of("PATH", "/app/bin", "HOME", "/app", "SHELL", "x", "PWD", "/", "IFS", ",");

    assertThat(BuildSecrets.script(breaking)).isEmpty();
  }
}
