package io.skypanel.worker.bench;

import io.skypanel.worker.WorkerProcess;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the stages of a worker's builds have taken, by its own metrics.
 *
 * @param seconds of all builds together, by stage
 * @param builds how many have been through, by stage
 */
record StageTimes(Map<String, Double> seconds, Map<String, Double> builds) {
  private static final Pattern FIGURE =
      Pattern.compile("skypanel_stage_duration_seconds_(sum|count)\\{.*stage=\"(\\w+)\".*} (\\S+)");

  /** Until now. */
  static StageTimes of(WorkerProcess worker) {
    StageTimes times = new StageTimes(new TreeMap<>(), new TreeMap<>());
    Matcher matcher = FIGURE.matcher(worker.get("/metrics").body());
    while (matcher.find()) {
      Map<String, Double> figures = matcher.group(1).equals("sum") ? times.seconds : times.builds;
      figures.merge(matcher.group(2), Double.parseDouble(matcher.group(3)), Double::sum);
    }
    return times;
  }

  /** What a build has taken on average since {@code before}, for people. */
  String since(StageTimes before) {
    return Stream.of("claim", "checkout", "image", "deploy")
        .map(stage -> String.format(Locale.ROOT, "%s %.0f ms", stage, mean(stage, before) * 1e3))
        .collect(Collectors.joining(", "));
  }

  private double mean(String stage, StageTimes before) {
    double took = seconds.getOrDefault(stage, 0.0) - before.seconds.getOrDefault(stage, 0.0);
    return took / (builds.getOrDefault(stage, 0.0) - before.builds.getOrDefault(stage, 0.0));
  }
}
