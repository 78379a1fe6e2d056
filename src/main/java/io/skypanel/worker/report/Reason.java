package io.skypanel.worker.report;

import io.skypanel.worker.job.BuildFailure;

/** Why a build failed, out of what Camel caught. */
final class Reason {
  private Reason() {}

  /** Whose fault it was: what is no failure of ours is the worker's. */
  static String fault(Throwable cause) {
    return cause instanceof BuildFailure failure ? failure.kind() : "worker";
  }

  /**
   * Camel wraps what a bean threw; the reason is the first failure of ours, else the first cause.
   */
  static Throwable of(Throwable error) {
    for (Throwable t = error; t != null; t = t.getCause()) {
      if (t instanceof BuildFailure) {
        return t;
      }
    }
    Throwable t = error;
    while (t.getCause() != null && t.getClass().getName().startsWith("org.apache.camel.")) {
      t = t.getCause();
    }
    return t;
  }
}
