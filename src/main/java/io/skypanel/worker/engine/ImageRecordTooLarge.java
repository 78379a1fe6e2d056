package io.skypanel.worker.engine;

import java.io.IOException;
import java.util.Optional;

/** What the engine's record of an image says is more than this process can hold with ease. */
public final class ImageRecordTooLarge extends IOException {
  private static final long serialVersionUID = 1L;

  ImageRecordTooLarge() {
    super(
        "the engine's record of the image is larger than "
            + (ImageRecordLimit.MAX_BYTES >> 20)
            + " MB");
  }

  /** The one that a call to the engine failed with, wherever in it that stands. */
  public static Optional<ImageRecordTooLarge> in(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof ImageRecordTooLarge tooLarge) {
        return Optional.of(tooLarge);
      }
    }
    return Optional.empty();
  }
}
