package io.skypanel.worker.hostile;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A bare repository made object by object, so that its trees may hold what git itself would refuse
 * to add: {@code .git}, {@code ..}, two entries of one name.
 */
final class RawRepository {
  static final String LINK = "120000";
  static final String SUBMODULE = "160000";
  static final String FILE = "100644";
  static final String PROGRAM = "100755";
  private static final String FOLDER = "40000";

  private final Path bare;

  /** One entry of a tree: a blob's or tree's id, or a submodule's commit. */
  record Entry(String mode, String name, String sha) {}

  RawRepository(Path bare) {
    this.bare = bare;
    git(new byte[0], "init", "-q", "--bare", "-b", "main", bare.toString());
    git(new byte[0], "--git-dir=" + bare, "config", "uploadpack.allowReachableSHA1InWant", "true");
  }

  Entry file(String name, String content) {
    return new Entry(FILE, name, blob(content));
  }

  Entry program(String name, String content) {
    return new Entry(PROGRAM, name, blob(content));
  }

  Entry link(String name, String target) {
    return new Entry(LINK, name, blob(target));
  }

  Entry submodule(String name, String commit) {
    return new Entry(SUBMODULE, name, commit);
  }

  Entry folder(String name, Entry... entries) {
    return new Entry(FOLDER, name, tree(entries));
  }

  /** Commits a tree of these to main, in git's order, and answers the commit's id. */
  String commit(Entry... entries) {
    String text =
        "tree %s\nauthor A <a@example.com> 1700000000 +0000\ncommitter A <a@example.com> 1700000000 +0000\n\nHostile\n"
            .formatted(tree(entries));
    String commit = hash("commit", text.getBytes(StandardCharsets.UTF_8));
    git(new byte[0], "--git-dir=" + bare, "update-ref", "refs/heads/main", commit);
    return commit;
  }

  /** Commits one file to main, whose path may be longer than a system takes. */
  void commitAt(String path) {
    String stream =
        "commit refs/heads/main\ncommitter A <a@example.com> 1700000000 +0000\ndata 7\nHostile\nM 100644 inline %s\ndata 1\nx\n"
            .formatted(path);
    git(stream.getBytes(StandardCharsets.UTF_8), "--git-dir=" + bare, "fast-import", "--quiet");
  }

  /** Where packs lie. */
  Path packs() {
    return bare.resolve("objects/pack");
  }

  private String blob(String content) {
    return hash("blob", content.getBytes(StandardCharsets.UTF_8));
  }

  private String tree(Entry... entries) {
    // a folder sorts as if its name ended in a slash
    Map<String, Entry> sorted = new TreeMap<>();
    int index = 0;
    for (Entry entry : entries) {
      sorted.put(entry.name() + (entry.mode().equals(FOLDER) ? "/" : "") + "\0" + index++, entry);
    }
    ByteArrayOutputStream tree = new ByteArrayOutputStream();
    for (Entry entry : sorted.values()) {
      tree.writeBytes((entry.mode() + " " + entry.name()).getBytes(StandardCharsets.UTF_8));
      tree.write(0);
      tree.writeBytes(HexFormat.of().parseHex(entry.sha()));
    }
    return hash("tree", tree.toByteArray());
  }

  private String hash(String type, byte[] content) {
    return git(
        content, "--git-dir=" + bare, "hash-object", "--literally", "-w", "-t", type, "--stdin");
  }

  private static String git(byte[] input, String... arguments) {
    List<String> command = Stream.concat(Stream.of("git"), Stream.of(arguments)).toList();
    ProcessBuilder builder = new ProcessBuilder(command);
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("PATH", System.getenv("PATH"));
    environment.put("GIT_CONFIG_NOSYSTEM", "1");
    environment.put("GIT_CONFIG_GLOBAL", "/dev/null");
    builder.environment().clear();
    builder.environment().putAll(environment);
    try {
      Path in = Files.createTempFile("raw", ".in");
      try {
        Files.write(in, input);
        Process git = builder.redirectErrorStream(true).redirectInput(in.toFile()).start();
        String output =
            new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (git.waitFor() != 0) {
          throw new IllegalStateException(String.join(" ", command) + ": " + output);
        }
        return output;
      } finally {
        Files.delete(in);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
