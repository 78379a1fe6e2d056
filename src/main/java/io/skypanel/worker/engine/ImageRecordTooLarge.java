package io.skypanel.worker.engine;

import java.io.IOException;

/** What the engine's record of an image says is more than this process can hold with ease. */
public final class ImageRecordTooLarge extends IOException {
  private static final long serialVersionUID = 1L;

  ImageRecordTooLarge() {
    super(
        "the engine's record of the image is larger than "
            + (ImageRecordLimit.MAX_BYTES >> 20)
            + " MB");
  }
}
