package io.skypanel.worker.apps;

import com.github.dockerjava.api.model.Event;
import io.skypanel.worker.job.Labels;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What the engine says about a container of an app. Immutable.
 *
 * @param kind what happened
 * @param appId whose container it is, by its label
 * @param containerId which one
 * @param exitCode the exit code of one that died; else 0
 * @param at when, by the engine's clock
 */
record AppEvent(Kind kind, String appId, String containerId, int exitCode, Instant at) {
  enum Kind {
    /** Somebody told the engine to send it a signal, as a stop does before it ends. */
    SIGNALLED,
    /** It ended, for whatever reason. */
    DIED,
    /** One of its processes was killed since its memory was used up. */
    OUT_OF_MEMORY,
    /** Its HEALTHCHECK has begun to fail. */
    UNHEALTHY
  }

  /** The actions to subscribe to; the engine takes {@code health_status} for all that begin so. */
  static final String[] ACTIONS = {"kill", "die", "oom", "health_status"};

  /** The engine's event, if it is one of these. Pure. */
  static Optional<AppEvent> of(Event event) {
    if (event.getActor() == null || event.getAction() == null) {
      return Optional.empty();
    }
    Map<String, String> attributes = event.getActor().getAttributes();
    if (attributes == null || !attributes.containsKey(Labels.APP)) {
      return Optional.empty();
    }
    return kind(event.getAction())
        .map(
            kind ->
                new AppEvent(
                    kind,
                    attributes.get(Labels.APP),
                    event.getActor().getId(),
                    exitCode(attributes.get("exitCode")),
                    Instant.ofEpochSecond(event.getTime() == null ? 0 : event.getTime())));
  }

  private static Optional<Kind> kind(String action) {
    return switch (action) {
      case "kill" -> Optional.of(Kind.SIGNALLED);
      case "die" -> Optional.of(Kind.DIED);
      case "oom" -> Optional.of(Kind.OUT_OF_MEMORY);
      case "health_status: unhealthy" -> Optional.of(Kind.UNHEALTHY);
      default -> Optional.empty();
    };
  }

  private static int exitCode(String text) {
    return text != null && text.matches("\\d{1,9}") ? Integer.parseInt(text) : 0;
  }
}
