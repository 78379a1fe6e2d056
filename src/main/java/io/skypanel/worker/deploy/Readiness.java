package io.skypanel.worker.deploy;

import java.time.Duration;

/** How it is told that an app is up. */
public sealed interface Readiness {
  /** How long it may take. */
  Duration within();

  /** The image's own HEALTHCHECK says healthy; if it does not in time, the app has failed. */
  record Healthy(Duration within) implements Readiness {}

  /** A path of its own answers 2xx or 3xx; if it does not in time, the app has failed. */
  record Answering(String path, Duration within) implements Readiness {}

  /** It serves nothing, and has run for so long. */
  record Running(Duration within) implements Readiness {}

  /**
   * Something accepts TCP connections on the app's port; if nothing does in time, but it still
   * runs, it is taken for an app that never listens.
   */
  record Listening(Duration within) implements Readiness {}
}
