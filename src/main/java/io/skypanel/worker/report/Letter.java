package io.skypanel.worker.report;

import java.util.Optional;

/** A report with its file and what happened to it so far; guarded by its {@link Outbox}. */
public final class Letter {
  final Runnable whenSafe;
  OutboxFiles.Stored stored;
  boolean withoutLogs;
  Optional<Long> first404Nanos = Optional.empty();
  long notBeforeNanos = System.nanoTime();

  Letter(OutboxFiles.Stored stored, Runnable whenSafe) {
    this.stored = stored;
    this.whenSafe = whenSafe;
  }

  Report report() {
    return stored.report();
  }
}
