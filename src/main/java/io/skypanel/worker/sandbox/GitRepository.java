package io.skypanel.worker.sandbox;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A bare repository of a {@link GitServer}, with {@code main} as its default branch. A commit adds
 * to and replaces what its branch has. Thread-safe.
 */
public final class GitRepository {
  /** The default branch. */
  public static final String MAIN = "main";

  /** Author and committer of every commit. */
  public static final String AUTHOR = "Sandbox Author";

  private static final String ADDRESS = "author@sandbox.example";

  private final GitProgram git;
  private final Path directory;
  private final String url;

  GitRepository(GitProgram git, Path directory, String url) {
    this.git = git;
    this.directory = directory;
    this.url = url;
    git.run(new byte[0], "init", "--quiet", "--bare", directory.toString());
    in("symbolic-ref", "HEAD", "refs/heads/" + MAIN);
    // older protocols hand out no commit by its id otherwise
    in("config", "uploadpack.allowReachableSHA1InWant", "true");
    in("config", "uploadpack.allowFilter", "true");
  }

  /** Its address, without user and password. */
  public String url() {
    return url;
  }

  /** Commits text files to {@code main} and answers the commit's sha. */
  public String commit(Map<String, String> files, String message) {
    return commitTo(MAIN, files, message);
  }

  /** Commits text files to a branch, which begins where {@code main} is if it is new. */
  public String commitTo(String branch, Map<String, String> files, String message) {
    Map<String, GitFile> entries = new LinkedHashMap<>();
    files.forEach((path, content) -> entries.put(path, GitFile.text(content)));
    return commitFiles(branch, entries, message);
  }

  /** Commits entries of any kind to a branch and answers the commit's sha. */
  public synchronized String commitFiles(
      String branch, Map<String, GitFile> files, String message) {
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    line(stream, "commit refs/heads/" + branch);
    String who = AUTHOR + " <" + ADDRESS + "> " + Instant.now().getEpochSecond() + " +0000";
    line(stream, "author " + who);
    line(stream, "committer " + who);
    data(stream, message.getBytes(StandardCharsets.UTF_8));
    if (has(branch)) {
      line(stream, "from refs/heads/" + branch + "^0");
    } else if (has(MAIN)) {
      line(stream, "from refs/heads/" + MAIN + "^0");
    }
    files.forEach((path, file) -> entry(stream, path, file));
    line(stream, "done");
    git.run(
        stream.toByteArray(),
        "--git-dir",
        directory.toString(),
        "fast-import",
        "--quiet",
        "--done",
        "--date-format=raw");
    return in("rev-parse", "refs/heads/" + branch);
  }

  private boolean has(String branch) {
    return Files.exists(directory.resolve("refs/heads").resolve(branch));
  }

  private String in(String... arguments) {
    String[] all = new String[arguments.length + 2];
    all[0] = "--git-dir";
    all[1] = directory.toString();
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    return git.run(new byte[0], all);
  }

  private static void entry(ByteArrayOutputStream stream, String path, GitFile file) {
    String quoted = "\"" + path.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    if (file.mode().equals(GitFile.SUBMODULE)) {
      String sha = new String(file.content(), StandardCharsets.US_ASCII);
      line(stream, "M " + file.mode() + " " + sha + " " + quoted);
    } else {
      line(stream, "M " + file.mode() + " inline " + quoted);
      data(stream, file.content());
    }
  }

  private static void data(ByteArrayOutputStream stream, byte[] content) {
    line(stream, "data " + content.length);
    stream.writeBytes(content);
    line(stream, "");
  }

  private static void line(ByteArrayOutputStream stream, String text) {
    stream.writeBytes((text + "\n").getBytes(StandardCharsets.UTF_8));
  }
}
