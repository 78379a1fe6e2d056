package io.skypanel.worker.job;

import java.nio.file.Path;

/**
 * The sources on disk.
 *
 * @param directory the work tree, with its {@code .git}
 * @param commit what was checked out
 */
public record Checkout(Path directory, Commit commit) {
  /**
   * A commit, as the panel shows it.
   *
   * @param sha the full id
   * @param author {@code Name <address>}
   * @param message the whole message, trimmed
   */
  public record Commit(String sha, String author, String message) {
    /** The message's first line. */
    public String subject() {
      return message.lines().findFirst().orElse("");
    }
  }
}
