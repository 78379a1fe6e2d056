package io.skypanel.worker.checkout;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What git has in place of a large file.
 *
 * @param oid its SHA-256, in hex
 * @param size in bytes
 * @see <a href="https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md">the specification</a>
 */
record LfsPointer(String oid, long size) {
  /** The longest there may be. */
  static final int MAX_BYTES = 1024;

  private static final Pattern TEXT =
      Pattern.compile(
          "version https://git-lfs\\.github\\.com/spec/v1\n(?:[^\n]*\n)*?"
              + "oid sha256:([0-9a-f]{64})\nsize ([0-9]{1,15})\n(?:[^\n]*\n)*");

  /** Reads one; empty if it is none. */
  static Optional<LfsPointer> of(byte[] content) {
    Matcher text = TEXT.matcher(new String(content, StandardCharsets.UTF_8));
    return content.length <= MAX_BYTES && text.matches()
        ? Optional.of(new LfsPointer(text.group(1), Long.parseLong(text.group(2))))
        : Optional.empty();
  }
}
