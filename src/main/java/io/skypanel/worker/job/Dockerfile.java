package io.skypanel.worker.job;

import java.util.Optional;

/**
 * What an image is built by.
 *
 * @param path where it is below the checkout, with forward slashes; of a generated one, which is in
 *     no checkout, the name it is shown by
 * @param text its content
 * @param ignore of a generated one, what its {@code .dockerignore} says; empty for one out of the
 *     repository, whose own {@code .dockerignore} counts
 */
public record Dockerfile(String path, String text, Optional<String> ignore) {
  /** Where it is when nobody says otherwise. */
  public static final String DEFAULT_PATH = "Dockerfile";

  /**
   * Far more than one has that people write. What is made of each line takes many times the room of
   * a short one.
   */
  public static final int MAX_LINES = 10_000;

  /** Whether a text has more lines than {@link #MAX_LINES}. */
  public static boolean hasTooManyLines(String text) {
    return text.chars().filter(c -> c == '\n').count() > MAX_LINES;
  }

  /** Whether this worker wrote it. */
  public boolean isGenerated() {
    return ignore.isPresent();
  }
}
