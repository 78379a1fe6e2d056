package io.skypanel.worker.deploy;

import io.skypanel.worker.engine.EngineMessage;
import io.skypanel.worker.job.BuildFailure;

/** Turns what docker-java throws into the worker's fault. */
final class EngineErrors {
  private EngineErrors() {}

  static BuildFailure.WorkerFault fault(String what, RuntimeException e) {
    return new BuildFailure.WorkerFault(what + ": " + EngineMessage.of(e), e);
  }
}
