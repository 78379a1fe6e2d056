package io.skypanel.worker.engine;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.Optional;

/** What may be the matter with the engine's record of an image: its Dockerfile has a say in it. */
public final class ImageRecordFault {
  private ImageRecordFault() {}

  /**
   * The fault by which a call for the record failed, in words; empty if the record did not come.
   */
  public static Optional<String> of(RuntimeException thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof JsonProcessingException e) {
        return Optional.of("the engine's record of it can't be read: " + e.getOriginalMessage());
      }
    }
    return ImageRecordTooLarge.in(thrown).map(Throwable::getMessage);
  }
}
