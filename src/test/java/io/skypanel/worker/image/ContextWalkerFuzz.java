package io.skypanel.worker.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.skypanel.worker.fuzz.Fuzzing;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.StopSignal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever a tree and its ignore file are, what is sent is a whole archive of what a plain reading
 * of Docker's rules leaves, all of it below the root, and no link is followed. That reading keeps
 * for each folder which of the rules changed how it fares, as Docker's library does.
 */
@Tag("fuzz")
class ContextWalkerFuzz {
  private static final String OUTSIDE = "secret outside";
  private static final int MAX_FILES = 20;
  private static final List<String> NAMES =
      List.of(
          "a",
          "b",
          "ab",
          ".a",
          "-a",
          "a b",
          "*",
          "?",
          "[a]",
          "\\",
          "a\nb",
          "\u0001",
          "é",
          "\ud83d\ude00",
          "!a",
          "#",
          "..a",
          "...",
          "Dockerfile",
          "x".repeat(120),
          "y".repeat(63));
  private static final List<String> PARTS =
      List.of(
          "a", "b", "ab", "*", "?", "**", "a*", "*b", "[a-c]", "[^a]", "\\*", "é", "x*", ".", "..",
          "**a", "a**", "a]", "**b]", "?b");

  /** A tree as commands, and patterns. */
  private record Tree(List<String[]> entries, List<String> patterns) {
    @Override
    public String toString() {
      StringBuilder text = new StringBuilder("patterns " + patterns + "\n");
      entries.forEach(entry -> text.append(String.join(" ", entry)).append('\n'));
      return text.toString();
    }
  }

  @TempDir Path temp;

  @Test
  void whatIsSentIsWhatThePatternsLeave() {
    Fuzzing.run(ContextWalkerFuzz::tree, this::check);
  }

  private void check(Tree tree) throws Exception {
    Path root = Files.createDirectory(temp.resolve("root"));
    Path outside = temp.resolve("outside");
    Files.createDirectories(outside);
    Files.writeString(outside.resolve("a"), OUTSIDE);
    try {
      make(root, outside, tree);
      DockerIgnore ignore;
      try {
        ignore = new DockerIgnore(tree.patterns());
      } catch (IllegalArgumentException e) {
        return;
      }
      Set<String> expected = new TreeSet<>();
      List<Rule> rules = tree.patterns().stream().map(Rule::of).toList();
      model(root, "", rules, new boolean[rules.size()], expected);
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      ContextArchive archive = new ContextArchive(root, ignore, new RecordedProgress());
      archive.writeTo(bytes);
      assertThat(sent(bytes.toByteArray(), root)).isEqualTo(expected);
      bounds(root, ignore, expected.size());
    } finally {
      remove(root);
    }
  }

  /** As many as there are are allowed, and one fewer are not. */
  private static void bounds(Path root, DockerIgnore ignore, int sent) throws BuildFailure {
    new ContextBounds(root, ignore, 1 << 20, sent)
        .check(ContextBounds.Sender.WORKER, new StopSignal());
    if (sent > 0) {
      boolean refused = false;
      try {
        new ContextBounds(root, ignore, 1 << 20, sent - 1)
            .check(ContextBounds.Sender.WORKER, new StopSignal());
      } catch (BuildFailure.UserFault e) {
        refused = true;
      }
      assertThat(refused).as("one too many").isTrue();
    }
  }

  private static Set<String> sent(byte[] archive, Path root) throws IOException {
    Set<String> names = new TreeSet<>();
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(new ByteArrayInputStream(archive), "UTF-8")) {
      for (TarArchiveEntry e = tar.getNextEntry(); e != null; e = tar.getNextEntry()) {
        String name = e.getName().replaceFirst("/$", "");
        Path path = root.resolve(name);
        assertThat(path.normalize().startsWith(root)).as(name).isTrue();
        assertThat(names.add(name)).as("once: %s", name).isTrue();
        assertThat(e.isDirectory()).isEqualTo(Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS));
        assertThat(e.isSymbolicLink()).isEqualTo(Files.isSymbolicLink(path));
        if (e.isSymbolicLink()) {
          assertThat(e.getLinkName()).isEqualTo(Files.readSymbolicLink(path).toString());
        } else if (e.isFile()) {
          assertThat(new String(tar.readAllBytes(), StandardCharsets.UTF_8))
              .isEqualTo(Files.readString(path))
              .isNotEqualTo(OUTSIDE);
        }
        assertThat(e.getMode() & 07000).isZero();
      }
    }
    return names;
  }

  /** One pattern by Java's own expressions. */
  private record Rule(String text, boolean exception, Pattern pattern) {
    static Rule of(String line) {
      boolean exception = line.startsWith("!");
      String text = Path.of(exception ? line.substring(1) : line).normalize().toString();
      text = text.isEmpty() ? "." : text;
      if (text.matches("(?s)\\*\\*[^*?\\[\\]\\\\]*")) {
        String end = Pattern.quote(text.substring(2));
        String whole = text.startsWith("**/") ? "|" + Pattern.quote(text.substring(3)) : "";
        return new Rule(text, exception, Pattern.compile("(?s:.*)" + end + whole));
      }
      String any = text.matches("(?s)[^*?\\[\\]\\\\]*\\*\\*") ? "(?s:.*)" : "[^\\n]*";
      StringBuilder regex = new StringBuilder();
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        if (text.startsWith("**", i)) {
          i += text.startsWith("**/", i) ? 2 : 1;
          regex.append(i == text.length() - 1 ? any : "(?:" + any + "/)?");
        } else if (c == '*' || c == '?') {
          regex.append(c == '*' ? "[^/]*" : "[^/]");
        } else if (c == '[') {
          int end = text.indexOf(']', i);
          regex.append(text, i, end + 1);
          i = end;
        } else if (c == '\\' && i + 1 < text.length()) {
          regex.append(Pattern.quote(text.substring(++i, i + 1)));
        } else {
          regex.append(Pattern.quote(text.substring(i, i + 1)));
        }
      }
      return new Rule(text, exception, Pattern.compile(regex.toString()));
    }

    boolean matches(String path) {
      return pattern.matcher(path).matches();
    }
  }

  /**
   * @param matched which of the rules matched the folder, of those that were asked
   */
  private static void model(
      Path folder, String prefix, List<Rule> rules, boolean[] matched, Set<String> names)
      throws IOException {
    try (Stream<Path> children = Files.list(folder)) {
      for (Path child : children.toList()) {
        String name = prefix + child.getFileName();
        boolean excluded = false;
        boolean reached = false;
        boolean[] matching = matched.clone();
        for (int i = 0; i < matching.length; i++) {
          Rule rule = rules.get(i);
          matching[i] |= rule.exception() == excluded && rule.matches(name);
          excluded = matching[i] ? !rule.exception() : excluded;
          reached |= rule.exception() && (rule.text() + "/").startsWith(name + "/");
        }
        if (!excluded) {
          names.add(name);
        }
        if ((!excluded || reached) && Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS)) {
          model(child, name + "/", rules, matching, names);
        }
      }
    }
  }

  private static Tree tree(Random random) {
    List<String[]> entries = new ArrayList<>();
    List<String> folders = new ArrayList<>(List.of(""));
    int count = random.nextInt(MAX_FILES);
    for (int i = 0; i < count; i++) {
      String path = pick(random, folders) + pick(random, NAMES);
      switch (random.nextInt(5)) {
        case 0, 1 -> {
          entries.add(new String[] {"folder", path});
          folders.add(path + "/");
        }
        case 2 ->
            entries.add(
                new String[] {
                  "link",
                  path,
                  pick(random, List.of("..", "/", "/etc/passwd", "OUTSIDE", "OUTSIDE/a", ".", "a"))
                });
        default -> entries.add(new String[] {"file", path});
      }
    }
    List<String> patterns = new ArrayList<>();
    for (int i = random.nextInt(8); i > 0; i--) {
      StringBuilder pattern = new StringBuilder(random.nextInt(3) == 0 ? "!" : "");
      for (int j = random.nextInt(4); j >= 0; j--) {
        pattern.append(pick(random, PARTS)).append(j > 0 ? "/" : "");
      }
      if (!pattern.toString().matches("!?(\\.\\.?/?)*|.*\\.\\..*")) {
        patterns.add(pattern.toString());
      }
    }
    return new Tree(entries, patterns);
  }

  private static String pick(Random random, List<String> from) {
    return from.get(random.nextInt(from.size()));
  }

  private static void make(Path root, Path outside, Tree tree) throws IOException {
    for (String[] entry : tree.entries()) {
      Path path = root.resolve(entry[1]);
      if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)
          && Files.isDirectory(path.getParent(), LinkOption.NOFOLLOW_LINKS)) {
        switch (entry[0]) {
          case "folder" -> Files.createDirectory(path);
          case "link" ->
              Files.createSymbolicLink(
                  path, Path.of(entry[2].replace("OUTSIDE", outside.toString())));
          default -> Files.writeString(path, "content of " + entry[1]);
        }
      }
    }
  }

  private static void remove(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
