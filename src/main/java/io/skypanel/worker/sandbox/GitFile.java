package io.skypanel.worker.sandbox;

import java.nio.charset.StandardCharsets;

/** An entry of a commit. Immutable. */
public final class GitFile {
  static final String SUBMODULE = "160000";

  private final String mode;
  private final byte[] content;

  private GitFile(String mode, byte[] content) {
    this.mode = mode;
    this.content = content.clone();
  }

  /** A plain text file. */
  public static GitFile text(String content) {
    return bytes(content.getBytes(StandardCharsets.UTF_8));
  }

  /** A plain file. */
  public static GitFile bytes(byte[] content) {
    return new GitFile("100644", content);
  }

  /** An executable text file. */
  public static GitFile executable(String content) {
    return new GitFile("100755", content.getBytes(StandardCharsets.UTF_8));
  }

  /** A symbolic link. */
  public static GitFile symlink(String target) {
    return new GitFile("120000", target.getBytes(StandardCharsets.UTF_8));
  }

  /** A submodule at a commit; it needs an entry in {@code .gitmodules} as well. */
  public static GitFile submodule(String sha) {
    return new GitFile(SUBMODULE, sha.getBytes(StandardCharsets.US_ASCII));
  }

  /** Git's mode, such as {@code 100644}. */
  String mode() {
    return mode;
  }

  /** The file's bytes, a link's target, or a submodule's commit. */
  byte[] content() {
    return content.clone();
  }
}
