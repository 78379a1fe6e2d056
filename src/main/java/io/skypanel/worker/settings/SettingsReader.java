package io.skypanel.worker.settings;

import io.skypanel.worker.job.Shown;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Reads single settings and collects what is wrong with them, so that a wrong start can name every
 * problem at once. A getter whose value is wrong notes the problem and gives the default.
 */
final class SettingsReader {
  private final SettingSources sources;
  private final List<String> problems = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  SettingsReader(SettingSources sources) {
    this.sources = sources;
  }

  List<String> problems() {
    return problems;
  }

  List<String> warnings() {
    return warnings;
  }

  void problem(Setting setting, String value, String wanted) {
    // a URL may carry a password, and a login that is mistaken for a path is one
    boolean isLogin =
        Set.of(Setting.REGISTRY_AUTH, Setting.GIT_CREDENTIALS, Setting.REDACT_TOKENS)
            .contains(setting);
    String shown = isLogin ? "****" : Shown.withoutLogin(value);
    problems.add(setting + " is '" + shown + "': it must be " + wanted);
  }

  /**
   * Notes what is wrong inside a value.
   *
   * @param what completes "SETTING …"; without a secret
   */
  void wrong(Setting setting, String what) {
    wrong(setting.name(), what);
  }

  /** The same of a variable that is no setting of the worker's own. */
  void wrong(String variable, String what) {
    String problem = variable + " " + what;
    if (!problems.contains(problem)) {
      problems.add(problem);
    }
  }

  void missing(Setting setting, String wanted) {
    problems.add(setting + " is not set: it must be " + wanted);
  }

  void warn(String warning) {
    if (!warnings.contains(warning)) {
      warnings.add(warning);
    }
  }

  Optional<String> find(Setting setting) {
    return sources.find(setting);
  }

  /** A variable of the environment alone; empty if there is none. */
  String variable(String name) {
    return sources.environment().getOrDefault(name, "").strip();
  }

  /**
   * A value through {@code parse}, which throws IllegalArgumentException (any message) for a wrong
   * one.
   *
   * @param wanted completes "it must be …"
   */
  <T> T read(Setting setting, T byDefault, String wanted, Function<String, T> parse) {
    Optional<String> value = find(setting);
    if (value.isEmpty()) {
      return byDefault;
    }
    try {
      return parse.apply(value.get().strip());
    } catch (IllegalArgumentException e) {
      problem(setting, value.get(), wanted);
      return byDefault;
    }
  }

  String text(Setting setting, String byDefault) {
    return read(setting, byDefault, "not blank", v -> require(!v.isBlank(), v));
  }

  int number(Setting setting, int byDefault, int min, int max) {
    return read(
        setting,
        byDefault,
        "a whole number from " + min + " to " + max,
        v -> {
          int number = Integer.parseInt(v);
          return require(number >= min && number <= max, number);
        });
  }

  boolean flag(Setting setting) {
    return read(
        setting,
        false,
        "1, true, 0 or false",
        v ->
            switch (v.toLowerCase(Locale.ROOT)) {
              case "1", "true", "yes", "on" -> true;
              case "0", "false", "no", "off" -> false;
              default -> throw new IllegalArgumentException(v);
            });
  }

  /** One of an enum's constants, in any case; told in lower case. */
  <E extends Enum<E>> E oneOf(Setting setting, E byDefault) {
    List<String> names =
        Stream.of(byDefault.getDeclaringClass().getEnumConstants())
            .map(constant -> constant.name().toLowerCase(Locale.ROOT))
            .toList();
    return read(
        setting,
        byDefault,
        String.join(", ", names.subList(0, names.size() - 1))
            + " or "
            + names.get(names.size() - 1),
        v -> Enum.valueOf(byDefault.getDeclaringClass(), v.toUpperCase(Locale.ROOT)));
  }

  /** All settings whose name begins so, by the rest of their name in lower case. */
  Map<String, String> family(String prefix) {
    return sources.family(prefix);
  }

  /** A folder that is there, if the setting is given. */
  Optional<Path> directory(Setting setting, String wanted) {
    return read(
        setting,
        Optional.empty(),
        wanted,
        v -> Optional.of(require(Path.of(v).toFile().isDirectory(), Path.of(v))));
  }

  /** A folder that is made if absent and must be writable. */
  Path writableDirectory(Setting setting, Path byDefault) {
    Path directory =
        read(setting, byDefault, "a path", v -> Path.of(v)).toAbsolutePath().normalize();
    try {
      Files.createDirectories(directory);
      Files.delete(Files.createTempFile(directory, ".write-test", ""));
    } catch (IOException | InvalidPathException e) {
      problem(setting, directory.toString(), "a folder this user can write to (" + reason(e) + ")");
    }
    return directory;
  }

  private static String reason(Exception e) {
    return switch (e.getClass().getSimpleName()) {
      case "AccessDeniedException" -> "permission denied";
      case "FileAlreadyExistsException" -> "a file stands in the way";
      default -> String.valueOf(e.getMessage());
    };
  }

  static <T> T require(boolean holds, T value) {
    if (!holds) {
      throw new IllegalArgumentException(String.valueOf(value));
    }
    return value;
  }
}
