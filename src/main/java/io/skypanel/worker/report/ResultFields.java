package io.skypanel.worker.report;

import io.skypanel.worker.job.BuiltImage;
import io.skypanel.worker.job.Checkout;
import io.skypanel.worker.job.Deployment;
import io.skypanel.worker.job.Phase;
import io.skypanel.worker.job.Serving;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** What the panel stores as {@code build_result}: where the app is, its commit, and the times. */
final class ResultFields {
  private ResultFields() {}

  /** Of a failure: what serves all the same. */
  static Map<String, Object> of(Optional<Serving> serving, Map<Phase, Duration> durations) {
    Map<String, Object> result = new LinkedHashMap<>();
    serving.ifPresent(
        version -> {
          Map<String, Object> fields = new LinkedHashMap<>();
          fields.put("deploymentId", version.deploymentId());
          fields.put("commitSha", version.commitSha());
          version.url().ifPresent(url -> fields.put("url", url));
          result.put("serving", fields);
        });
    result.putAll(timings(durations));
    return result;
  }

  static Map<String, Object> of(
      Deployment deployment, Map<Phase, Duration> durations, UnaryOperator<String> mask) {
    BuiltImage image = deployment.image();
    Checkout.Commit commit = image.checkout().commit();
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("imageId", image.id());
    result.put("imageName", image.ref().toString());
    result.put("containerId", deployment.containerId());
    result.put("containerName", deployment.containerName());
    result.put("host", deployment.host());
    deployment.port().ifPresent(p -> result.put("port", p));
    deployment.url().ifPresent(u -> result.put("url", u));
    result.put("commitSha", commit.sha());
    result.put("commitAuthor", mask.apply(Texts.storable(commit.author())));
    result.put("commitMessage", mask.apply(Texts.storable(commit.message())));
    deployment.warning().ifPresent(w -> result.put("warning", mask.apply(w)));
    result.putAll(timings(durations));
    return result;
  }

  private static Map<String, Object> timings(Map<Phase, Duration> durations) {
    Map<String, Object> millis = new LinkedHashMap<>();
    durations.forEach((phase, took) -> millis.put(phase.label(), took.toMillis()));
    return Map.of("stageMillis", millis);
  }
}
