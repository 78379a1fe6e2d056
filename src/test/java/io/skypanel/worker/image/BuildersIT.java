package io.skypanel.worker.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skypanel.worker.engine.DockerEngine;
import io.skypanel.worker.settings.DockerEndpoint;
import io.skypanel.worker.settings.ImageSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuildersIT {
  private static final Optional<Path> FOUND = Optional.of(Path.of("/somewhere/docker-buildx"));

  @TempDir Path folder;

  private final DockerEngine engine =
      new DockerEngine(new DockerEndpoint(DockerEndpoint.LOCAL_SOCKET, false, Optional.empty()));

  @AfterEach
  void close() throws Exception {
    engine.close();
  }

  @Test
  void autoIsBuildxWhereItIsInstalledAndElseTheClassicBuilder() throws Exception {
    assertThat(choose(ImageSettings.Builder.AUTO, FOUND).name()).isEqualTo("buildx");

    Builders without = choose(ImageSettings.Builder.AUTO, Optional.empty());
    assertThat(without.name()).isEqualTo("classic");
    assertThat(without.why()).contains("buildx is not installed", "docker-buildx-plugin");
  }

  @Test
  void classicIsClassicWhateverIsInstalled() throws Exception {
    assertThat(choose(ImageSettings.Builder.CLASSIC, FOUND).name()).isEqualTo("classic");
  }

  @Test
  void buildxThatIsNotInstalledIsAnErrorThatSaysWhatToInstall() {
    assertThatThrownBy(() -> choose(ImageSettings.Builder.BUILDX, Optional.empty()))
        .isInstanceOf(Builders.Unusable.class)
        .hasMessageContaining("BUILDER=buildx, but buildx is not installed")
        .hasMessageContaining("docker-buildx-plugin");
  }

  @Test
  void loginsThatCannotBeReadAreAnErrorAtStart() {
    ImageSettings settings =
        ImageBuilderBench.settings(Optional.of("{"), ImageSettings.Network.DEFAULT);

    assertThatThrownBy(() -> Builders.choose(settings, FOUND, engine.client()))
        .isInstanceOf(Builders.Unusable.class)
        .hasMessageContaining("REGISTRY_AUTH is no JSON");
  }

  @Test
  void buildpacksWithoutPackAreAnErrorThatSaysWhatToInstall() throws Exception {
    ImageSettings all = ImageSettings.DEFAULT;
    ImageSettings settings =
        new ImageSettings(
            ImageSettings.Strategy.PACK,
            all.builder(),
            all.registryAuth(),
            all.network(),
            all.packBuilder(),
            all.runtimesDir(),
            all.runtimeImages(),
            all.appsDir(),
            all.limits());
    Map<String, String> environment = Map.of("PATH", folder.toString());

    assertThatThrownBy(() -> Builders.check(settings, environment))
        .isInstanceOf(Builders.Unusable.class)
        .hasMessageContaining("BUILD_STRATEGY=pack, but there is no program pack on the PATH")
        .hasMessageContaining("Install it");
    Builders.check(all, environment);

    Files.createFile(
        folder.resolve("pack"),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    Builders.check(settings, environment);
  }

  @Test
  void theUsersOwnPluginGoesBeforeTheMachines() throws Exception {
    Path plugin = folder.resolve("cli-plugins/docker-buildx");
    Files.createDirectories(plugin.getParent());
    Files.createFile(
        plugin, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));

    assertThat(BuildxPlugin.find(Map.of("DOCKER_CONFIG", folder.toString()))).contains(plugin);
  }

  private Builders choose(ImageSettings.Builder wanted, Optional<Path> found)
      throws Builders.Unusable {
    ImageSettings settings = ImageBuilderBench.withBuilder(wanted, ImageSettings.DEFAULT);
    return Builders.choose(settings, found, engine.client());
  }
}
