package io.skypanel.worker.settings;

import static io.skypanel.worker.settings.SettingsReader.require;

import java.util.List;
import java.util.stream.Stream;

/**
 * What is masked wherever the worker shows or keeps a text.
 *
 * @param names of variables whose values are secret; {@code *} stands for any characters
 * @param tokens further secrets, whatever variable they are in
 */
public record RedactSettings(List<String> names, List<String> tokens) {
  private static final int SHORTEST_TOKEN = 4;

  /** The names that say so. */
  public static final List<String> NAMES =
      List.of(
          "*KEY*",
          "*TOKEN*",
          "*SECRET*",
          "*PASS*",
          "*PWD*",
          "*CREDENTIAL*",
          "*AUTH*",
          "*DSN*",
          "*PRIVATE*",
          "*CONNECTION*STRING*",
          "*CONNSTR*");

  static RedactSettings read(SettingsReader in) {
    return new RedactSettings(
        in.read(
            Setting.REDACT_NAMES,
            NAMES,
            "names of variables with commas between them, * for any characters, such as"
                + " *KEY*,*TOKEN*",
            v -> {
              List<String> names = list(v);
              return require(
                  !names.isEmpty() && names.stream().allMatch(n -> n.matches("[\\w.*-]+")), names);
            }),
        in.read(
            Setting.REDACT_TOKENS,
            List.of(),
            "secrets of " + SHORTEST_TOKEN + " characters or more, with commas between them",
            v -> {
              List<String> tokens = list(v);
              return require(tokens.stream().allMatch(t -> t.length() >= SHORTEST_TOKEN), tokens);
            }));
  }

  private static List<String> list(String value) {
    return Stream.of(value.split(",")).map(String::strip).filter(v -> !v.isEmpty()).toList();
  }

  /** Without the tokens, which are secrets. */
  @Override
  public String toString() {
    return "names " + names;
  }
}
