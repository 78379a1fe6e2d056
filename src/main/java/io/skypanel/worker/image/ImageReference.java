package io.skypanel.worker.image;

import io.skypanel.worker.job.ImageRef;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A name of an image in a Dockerfile, as the builder sees it: its arguments filled in.
 *
 * @param name as written
 * @param where the instruction and the line, for the customer
 */
record ImageReference(String name, String where) {
  private static final Pattern HUB = Pattern.compile("(?:(?:index|registry-1)\\.)?docker\\.io/");
  private static final Pattern NAME =
      Pattern.compile(
          "[A-Za-z0-9](?:[A-Za-z0-9._-]|:\\d{1,5}/|/(?=[A-Za-z0-9])){0,254}"
              + "(?::[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?(?:@[A-Za-z0-9+._-]{1,40}:[A-Fa-f0-9]{32,128})?");

  /** An id, the beginning of one, or a name by a digest. */
  private static final Pattern BY_ID = Pattern.compile("(?:.*@)?sha256:[0-9a-f]+|[0-9a-f]{1,64}");

  /** Whether the engine could have an image of such a name at all. */
  boolean isName() {
    return NAME.matcher(name).matches() || BY_ID.matcher(name).matches();
  }

  /** Whether the engine may take it for an image's id. */
  boolean mayBeId() {
    return BY_ID.matcher(name).matches();
  }

  /** The repository below this worker's own names, whatever registry's name stands before it. */
  Optional<String> appRepository() {
    String path = name.toLowerCase(Locale.ROOT);
    path = HUB.matcher(path).lookingAt() ? path.substring(path.indexOf('/') + 1) : path;
    path = path.startsWith("library/") ? path.substring("library/".length()) : path;
    int end = path.length();
    for (char mark : new char[] {'@', ':'}) {
      int found = path.indexOf(mark);
      end = found < 0 ? end : Math.min(end, found);
    }
    String repository = path.substring(0, end);
    return repository.startsWith(ImageRef.PREFIX) ? Optional.of(repository) : Optional.empty();
  }
}
