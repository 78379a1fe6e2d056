package io.skypanel.worker.chaos;

import java.util.Locale;

/** What is broken. */
enum Fault {
  PANEL_KILLED(false),
  PANEL_SLOW(false),
  PANEL_500(false),
  PANEL_429(false),
  PANEL_HTML(false),
  WORKER_KILLED(true),
  ENGINE_STOPPED(false),
  DISK_FULL(true);

  private final boolean mayFailBuilds;

  Fault(boolean mayFailBuilds) {
    this.mayFailBuilds = mayFailBuilds;
  }

  /** Whether a build may end as failed for it; after any other fault it must be deployed. */
  boolean mayFailBuilds() {
    return mayFailBuilds;
  }

  /** Whether a call that is being answered can't be struck any more. */
  boolean isAnAnswer() {
    return this == PANEL_SLOW || this == PANEL_500 || this == PANEL_429 || this == PANEL_HTML;
  }

  /** As on the command line and in the table: {@code panel-killed}. */
  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
