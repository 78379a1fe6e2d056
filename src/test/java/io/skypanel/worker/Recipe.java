package io.skypanel.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A recipe of {@code docs/routes.md}, as the page has it, so that text and test can't part. A
 * comment before its block says where the block goes.
 *
 * @param yaml the block
 * @param file the route file that it replaces or goes into
 * @param above the step that it goes above; empty if it replaces the file
 */
record Recipe(String yaml, String file, String above) {
  private static final Path PAGE = Path.of("docs/routes.md");

  static Recipe named(String name) {
    Matcher matcher =
        Pattern.compile(
                "<!-- recipe: "
                    + name
                    + ", (?:replaces|goes above (\\S+) in) (\\S+) -->\\n```yaml\\n(.*?)```",
                Pattern.DOTALL)
            .matcher(read(PAGE));
    assertThat(matcher.find()).as("recipe %s in %s", name, PAGE).isTrue();
    String above = matcher.group(1) == null ? "" : matcher.group(1);
    return new Recipe(matcher.group(3), matcher.group(2), above);
  }

  /** With an address or id of one's own. */
  Recipe with(String example, String own) {
    assertThat(yaml).contains(example);
    return new Recipe(yaml.replace(example, own), file, above);
  }

  /** Edits the route file in {@code folder}, as the page says. */
  void applyTo(Path folder) {
    Path target = folder.resolve(file);
    try {
      Files.writeString(target, above.isEmpty() ? yaml : insertInto(read(target)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String insertInto(String route) {
    Matcher step =
        Pattern.compile("^( *)- \\S+:\\n *id: " + above + "$", Pattern.MULTILINE).matcher(route);
    assertThat(step.find()).as("step %s in %s", above, file).isTrue();
    return route.substring(0, step.start())
        + yaml.indent(step.group(1).length())
        + route.substring(step.start());
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
