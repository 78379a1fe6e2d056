package io.skypanel.worker.settings;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;

/**
 * Where settings come from; the first that has a value wins: the environment, {@code .env}, {@code
 * application.properties}. An empty value counts as none.
 *
 * @param environment the process's environment
 * @param dotEnv variables of the file {@code .env}
 * @param properties keys of {@code application.properties}; those that are no settings of ours are
 *     Camel's
 */
public record SettingSources(
    Map<String, String> environment, Map<String, String> dotEnv, Map<String, String> properties) {

  /** Reads {@code .env} and {@code application.properties} of {@code directory}, if there. */
  public static SettingSources read(Map<String, String> environment, Path directory)
      throws SettingsException {
    Path dotEnv = directory.resolve(".env");
    Path properties = directory.resolve("application.properties");
    List<String> problems = new ArrayList<>();
    SettingSources sources =
        new SettingSources(
            environment,
            read(dotEnv, SettingSources::readDotEnv, problems),
            read(properties, SettingSources::readProperties, problems));
    if (!problems.isEmpty()) {
      throw new SettingsException(problems);
    }
    return sources;
  }

  private interface Reading {
    Map<String, String> of(Path file) throws IOException;
  }

  private static Map<String, String> read(Path file, Reading reading, List<String> problems) {
    try {
      return reading.of(file);
    } catch (IOException | IllegalArgumentException e) {
      // the second is what a broken escape in properties gives
      problems.add(file + " can't be read: it must be a readable text in UTF-8 (" + e + ")");
      return Map.of();
    }
  }

  /** The value as it was written, trimmed of nothing. */
  public Optional<String> find(Setting setting) {
    return present(environment.get(setting.name()))
        .or(() -> present(dotEnv.get(setting.name())))
        .or(() -> present(properties.get(setting.key())))
        .or(() -> present(properties.get(setting.name())));
  }

  /** All that begin with {@code prefix}, by the rest of their name in lower case. */
  Map<String, String> family(String prefix) {
    Map<String, String> family = new TreeMap<>();
    for (Map<String, String> source : List.of(properties, dotEnv, environment)) {
      source.forEach(
          (key, value) -> {
            String name = key.toUpperCase(Locale.ROOT).replace('.', '_');
            if (name.startsWith(prefix) && !value.isBlank()) {
              family.put(name.substring(prefix.length()).toLowerCase(Locale.ROOT), value.strip());
            }
          });
    }
    return family;
  }

  private static Optional<String> present(String value) {
    return Optional.ofNullable(value).filter(v -> !v.isEmpty());
  }

  private static Map<String, String> readDotEnv(Path file) throws IOException {
    Map<String, String> variables = new HashMap<>();
    if (Files.isRegularFile(file)) {
      for (String line : Files.readAllLines(file)) {
        String entry = line.strip();
        int equals = entry.indexOf('=');
        if (!entry.startsWith("#") && equals > 0) {
          String name = entry.substring(0, equals).strip().replaceFirst("^export\\s+", "");
          variables.put(name, unquote(entry.substring(equals + 1).strip()));
        }
      }
    }
    return variables;
  }

  private static String unquote(String value) {
    if (value.length() >= 2
        && (value.startsWith("\"") || value.startsWith("'"))
        && value.endsWith(value.substring(0, 1))) {
      return value.substring(1, value.length() - 1);
    }
    return value.replaceFirst("\\s+#.*$", "");
  }

  private static Map<String, String> readProperties(Path file) throws IOException {
    Properties loaded = new Properties();
    if (Files.isRegularFile(file)) {
      try (Reader reader = Files.newBufferedReader(file)) {
        loaded.load(reader);
      }
    }
    Map<String, String> properties = new HashMap<>();
    loaded.stringPropertyNames().forEach(k -> properties.put(k, loaded.getProperty(k).strip()));
    return properties;
  }
}
