package io.skypanel.worker.apps;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.Container;
import io.skypanel.worker.engine.DockerEngine;
import io.skypanel.worker.job.Labels;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Every app with its state, out of one listing of the engine's. Thread-safe. */
public final class AppOverview {
  private final DockerClient docker;
  private final String workerId;
  private final AppRecords records;
  private final AppBoard board;

  /** Shows the apps of {@code workerId}. */
  public AppOverview(DockerEngine engine, String workerId, AppRecords records, AppBoard board) {
    this.docker = engine.client();
    this.workerId = workerId;
    this.records = records;
    this.board = board;
  }

  /**
   * An app as it is.
   *
   * @param app its record
   * @param state how it is
   * @param figures what has happened to its current container
   */
  public record Entry(AppRecord app, AppState state, AppBoard.Figures figures) {}

  /**
   * All apps, by name. Reads the disk and asks the engine once; where that does not answer, the
   * state is unknown.
   *
   * @param engineAnswers false: the engine need not be asked
   */
  public List<Entry> apps(boolean engineAnswers) {
    Optional<Map<String, Container>> containers = engineAnswers ? containers() : Optional.empty();
    return records.all().stream()
        .sorted(Comparator.comparing(AppRecord::name).thenComparing(AppRecord::appId))
        .map(app -> entry(app, containers))
        .toList();
  }

  private Optional<Map<String, Container>> containers() {
    try {
      return Optional.of(
          docker
              .listContainersCmd()
              .withShowAll(true)
              .withLabelFilter(Map.of(Labels.WORKER, workerId))
              .exec()
              .stream()
              .collect(Collectors.toMap(Container::getId, Function.identity())));
    } catch (RuntimeException away) {
      return Optional.empty();
    }
  }

  private Entry entry(AppRecord app, Optional<Map<String, Container>> containers) {
    Optional<String> id = app.current().flatMap(AppDeployment::containerId);
    AppBoard.Figures figures =
        id.map(i -> board.figures(app.appId(), i)).orElse(AppBoard.Figures.NONE);
    if (id.isEmpty()) {
      return new Entry(app, AppState.NOT_DEPLOYED, figures);
    }
    if (containers.isEmpty()) {
      return new Entry(app, AppState.UNKNOWN, figures);
    }
    Container container = containers.get().get(id.get());
    AppState state =
        container == null
            ? AppState.MISSING
            : AppState.of(app.state(), container, figures.crashLoop());
    return new Entry(app, state, figures);
  }
}
