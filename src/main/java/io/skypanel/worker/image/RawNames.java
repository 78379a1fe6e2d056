package io.skypanel.worker.image;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * File names as their bytes on disk, one character a byte. A {@link Path}'s text is decoded by the
 * process's locale and has lost what that can't hold; its URI has kept every byte.
 */
final class RawNames {
  private RawNames() {}

  /** The last part of {@code path}. */
  static String of(Path path) {
    String name = path.getFileName().toString();
    if (isAscii(name)) {
      return name;
    }
    String raw = decode(path);
    return raw.substring(raw.lastIndexOf('/') + 1);
  }

  /** Where the symbolic link {@code link} points, word for word. */
  static String ofTarget(Path link) throws IOException {
    Path target = Files.readSymbolicLink(link);
    if (isAscii(target.toString())) {
      return target.toString();
    }
    // an absolute one has no part of the worker's own folder in its URI
    String raw = decode(Path.of("/").resolve(target));
    return target.isAbsolute() ? raw : raw.substring(1);
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c < 0x80);
  }

  private static String decode(Path path) {
    String uri = path.toUri().getRawPath();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(uri.length());
    for (int i = 0; i < uri.length(); i++) {
      if (uri.charAt(i) == '%') {
        bytes.write(Integer.parseInt(uri, i + 1, i + 3, 16));
        i += 2;
      } else {
        bytes.write(uri.charAt(i));
      }
    }
    String raw = bytes.toString(StandardCharsets.ISO_8859_1);
    // a folder's URI ends with a slash that its name does not have
    return raw.length() > 1 && raw.endsWith("/") ? raw.substring(0, raw.length() - 1) : raw;
  }
}
