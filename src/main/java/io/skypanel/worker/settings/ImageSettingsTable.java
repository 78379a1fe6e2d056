package io.skypanel.worker.settings;

import static io.skypanel.worker.settings.SettingsReader.require;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** The part of the table of settings that says how images come to be; commands need it alone. */
final class ImageSettingsTable {
  private static final int MAX_MB = 1 << 20;
  private static final int MAX_CPUS = 1024;

  private ImageSettingsTable() {}

  static ImageSettings read(SettingSources sources, Machine machine) throws SettingsException {
    SettingsReader in = new SettingsReader(sources);
    ImageSettings images = read(in, machine);
    if (!in.problems().isEmpty()) {
      throw new SettingsException(in.problems());
    }
    return images;
  }

  static ImageSettings read(SettingsReader in, Machine machine) {
    return new ImageSettings(
        in.oneOf(Setting.BUILD_STRATEGY, ImageSettings.Strategy.AUTO),
        in.oneOf(Setting.BUILDER, ImageSettings.Builder.AUTO),
        in.read(
            Setting.REGISTRY_AUTH,
            Optional.empty(),
            "the path of a file like Docker's config.json, or its content, with auths",
            v -> Optional.of(registryAuth(v))),
        in.oneOf(Setting.BUILD_NETWORK, ImageSettings.Network.DEFAULT),
        in.find(Setting.PACK_BUILDER).map(String::strip).filter(b -> !b.isEmpty()),
        in.find(Setting.RUNTIMES_DIR).isEmpty()
            ? machine.defaultRuntimesDir()
            : in.directory(Setting.RUNTIMES_DIR, "a folder with Dockerfile templates"),
        in.family("RUNTIME_IMAGE_"),
        in.directory(Setting.APPS_DIR, "a folder with one file an app, such as shop.yaml"),
        limits(in));
  }

  private static BuildLimits limits(SettingsReader in) {
    int cpus = in.number(Setting.BUILD_CPUS, 0, 0, MAX_CPUS);
    return new BuildLimits(
        BuildLimits.megabytes(
            in.number(Setting.MAX_CONTEXT_MB, BuildLimits.DEFAULT_CONTEXT_MB, 1, MAX_MB)),
        BuildLimits.megabytes(
            in.number(Setting.BUILD_MEMORY_MB, BuildLimits.DEFAULT_MEMORY_MB, 64, MAX_MB)),
        Optional.of(cpus).filter(number -> number > 0),
        in.read(
            Setting.BUILD_FRONTENDS,
            BuildLimits.DEFAULT_FRONTENDS,
            "names of images, with commas between, such as docker/dockerfile",
            v ->
                Stream.of(v.split(",")).map(String::strip).map(ImageSettingsTable::image).toList()),
        in.flag(Setting.BUILD_REMOTE_ADD));
  }

  private static String image(String name) {
    return require(name.matches("[a-zA-Z0-9][a-zA-Z0-9._:/@-]*"), name);
  }

  private static String registryAuth(String fileOrContent) {
    try {
      String content =
          fileOrContent.startsWith("{") ? fileOrContent : Files.readString(Path.of(fileOrContent));
      return require(new ObjectMapper().readTree(content).path("auths").isObject(), content);
    } catch (IOException unreadable) {
      throw new IllegalArgumentException(unreadable);
    }
  }
}
