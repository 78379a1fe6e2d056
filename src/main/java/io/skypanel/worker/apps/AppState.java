package io.skypanel.worker.apps;

import com.github.dockerjava.api.model.Container;
import java.util.Locale;

/** How an app is, in a word. */
public enum AppState {
  /** Its container runs. */
  RUNNING,
  /** An operator has stopped it. */
  STOPPED,
  /** It was stopped for a successor that shares its volumes. */
  MAKING_WAY,
  /** Its container does not run, though it is to. */
  EXITED,
  /** Its container runs, and its HEALTHCHECK fails. */
  UNHEALTHY,
  /** It ends again and again. */
  CRASH_LOOP,
  /** Its container is gone. */
  MISSING,
  /** None of its deployments ever came up. */
  NOT_DEPLOYED,
  /** The engine does not say. */
  UNKNOWN;

  /** The word for people and for JSON, such as {@code crash loop}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /** The state of an app whose current container is there. Pure. */
  static AppState of(AppRecord.State wanted, Container container, boolean crashLoop) {
    boolean runs = "running".equals(container.getState());
    if (wanted != AppRecord.State.RUNNING && !runs) {
      return idle(wanted);
    }
    if (crashLoop) {
      return CRASH_LOOP;
    }
    if (!runs) {
      return EXITED;
    }
    // the listing tells the health in words only: "Up 3 minutes (unhealthy)"
    return String.valueOf(container.getStatus()).contains("(unhealthy)") ? UNHEALTHY : RUNNING;
  }

  /** The state of an app that is not to run. */
  private static AppState idle(AppRecord.State wanted) {
    return wanted == AppRecord.State.STOPPED ? STOPPED : MAKING_WAY;
  }
}
