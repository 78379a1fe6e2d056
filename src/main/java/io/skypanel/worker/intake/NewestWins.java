package io.skypanel.worker.intake;

import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.QueuedBuild;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.Variable;

/**
 * Of several builds that wait for one app, only the newest is worth building: chooses it, and knows
 * which older ones it supersedes once the panel has given it to this worker. Thread-safe.
 */
public final class NewestWins {
  private final Intake intake;
  private final Map<String, List<BuildJob>> olderByNewest = new HashMap<>();

  /**
   * @param intake knows which builds wait to be taken
   */
  public NewestWins(Intake intake) {
    this.intake = intake;
  }

  /**
   * Leaves, of the builds of each app that this worker could take, the newest by {@code createdAt};
   * where that is missing or the same, the one further back in the list. It takes the place of the
   * first, so that an app that is pushed to again and again keeps its turn. Everything else stays
   * where it is.
   *
   * @param queued as the panel gives them, oldest first
   */
  public synchronized List<QueuedBuild> choose(@Body List<QueuedBuild> queued) {
    Map<String, List<BuildJob>> waitingByApp = new LinkedHashMap<>();
    List<QueuedBuild> chosen = new ArrayList<>();
    for (QueuedBuild build : queued) {
      if (build instanceof BuildJob job && intake.isWaiting(job)) {
        if (!waitingByApp.containsKey(job.appId())) {
          chosen.add(job);
        }
        waitingByApp.computeIfAbsent(job.appId(), app -> new ArrayList<>()).add(job);
      } else {
        chosen.add(build);
      }
    }
    // what a build in flight supersedes was settled when it was taken
    olderByNewest.keySet().retainAll(intake.deploymentsInFlight());
    for (List<BuildJob> waiting : waitingByApp.values()) {
      BuildJob newest = waiting.stream().reduce(NewestWins::newer).orElseThrow();
      chosen.replaceAll(build -> build == waiting.get(0) ? newest : build);
      olderByNewest.put(newest.deploymentId(), olderThan(newest, waiting));
    }
    return chosen;
  }

  private static BuildJob newer(BuildJob former, BuildJob latter) {
    boolean isOlder =
        former.createdAt().isPresent()
            && latter.createdAt().isPresent()
            && latter.createdAt().get().isBefore(former.createdAt().get());
    return isOlder ? former : latter;
  }

  private static List<BuildJob> olderThan(BuildJob newest, List<BuildJob> waiting) {
    Map<String, BuildJob> older = new LinkedHashMap<>();
    waiting.forEach(job -> older.putIfAbsent(job.deploymentId(), job));
    // a panel may list a build twice
    older.remove(newest.deploymentId());
    return List.copyOf(older.values());
  }

  /** The builds that this one supersedes, as the panel lists them; they are given once. */
  public synchronized List<BuildJob> superseded(@Variable("job") BuildJob newest) {
    List<BuildJob> older = olderByNewest.remove(newest.deploymentId());
    return older == null ? List.of() : older;
  }
}
