package io.skypanel.worker.apps;

import java.util.List;
import java.util.stream.Collectors;

/** Which app people mean. Thread-safe; reads the disk. */
public final class AppNames {
  private final AppRecords records;

  /** Looks in {@code records}. */
  public AppNames(AppRecords records) {
    this.records = records;
  }

  /**
   * The app with this id, or else the only one with this name or slug.
   *
   * @throws AppFailure.Unknown if there is none
   * @throws AppFailure.Refused if there are several
   */
  public AppRecord find(String given) throws AppFailure {
    List<AppRecord> apps = records.all();
    List<AppRecord> found = apps.stream().filter(app -> app.appId().equals(given)).toList();
    if (found.isEmpty()) {
      found = apps.stream().filter(app -> isNamed(app, given)).toList();
    }
    if (found.isEmpty()) {
      throw new AppFailure.Unknown(
          "This worker has no app '" + given + "'; 'skypanel-worker apps' lists those it has");
    }
    if (found.size() > 1) {
      throw new AppFailure.Refused(
          "Several apps are called '"
              + given
              + "', take the id: "
              + found.stream().map(AppRecord::appId).sorted().collect(Collectors.joining(", ")));
    }
    return found.get(0);
  }

  private static boolean isNamed(AppRecord app, String given) {
    return app.name().equals(given)
        || app.address().filter(address -> address.slug().equals(given)).isPresent();
  }
}
