package io.skypanel.worker.intake;

import com.fasterxml.jackson.databind.JsonNode;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.QueuedBuild;
import io.skypanel.worker.job.Shown;
import io.skypanel.worker.panel.PanelAnswer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.BiFunction;
import org.apache.camel.Body;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the answer to {@code GET /builds/queued} in any of the four shapes that panels use: {@code
 * {"data":{"builds":[…]}}}, {@code {"data":[…]}}, {@code {"builds":[…]}} and {@code […]}. Anything
 * else is one line in the log, with type and keys and never a value, and an empty list.
 */
public final class QueuedBuilds {
  private static final Logger log = LoggerFactory.getLogger(QueuedBuilds.class);

  private final BiFunction<String, Map<String, String>, String> maskName;
  private volatile boolean failing;

  /**
   * @param maskName takes the secrets of an environment out of the name of its app, which is shown
   *     in many places
   */
  public QueuedBuilds(BiFunction<String, Map<String, String>, String> maskName) {
    this.maskName = maskName;
  }

  /**
   * The queue's entries, oldest first as the panel gives them; each is fit to build or says why.
   */
  public List<QueuedBuild> read(@Body PanelAnswer answer) {
    if (!answer.succeeded()) {
      if (!failing) {
        log.warn("The queue can't be read ({}); trying again", answer.describe());
      }
      failing = true;
      return List.of();
    }
    if (failing) {
      log.info("The queue can be read again");
    }
    failing = false;
    Optional<JsonNode> list = list(answer.body());
    if (list.isEmpty()) {
      String shape = Shown.of(shape(answer.body()));
      log.error("The queue's answer has none of the known shapes: {}", shape);
      return List.of();
    }
    List<QueuedBuild> builds = new ArrayList<>();
    for (JsonNode entry : list.get()) {
      QueuedBuild build = new JobFields(entry).read();
      builds.add(
          build instanceof BuildJob job
              ? job.named(maskName.apply(job.appName(), job.environment()))
              : build);
    }
    return builds;
  }

  /** The same where the answer is needed to go on; throws if there is none. */
  public List<QueuedBuild> readOrThrow(@Body PanelAnswer answer) {
    if (!answer.succeeded()) {
      throw new IllegalStateException("the queue can't be read: " + answer.describe());
    }
    return read(answer);
  }

  private static Optional<JsonNode> list(JsonNode body) {
    JsonNode data = body.path("data");
    for (JsonNode candidate : List.of(body, data, body.path("builds"), data.path("builds"))) {
      if (candidate.isArray()) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  private static String shape(JsonNode node) {
    String type = node.getNodeType().name().toLowerCase(java.util.Locale.ROOT);
    if (!node.isObject()) {
      return type;
    }
    TreeSet<String> keys = new TreeSet<>();
    node.fieldNames().forEachRemaining(keys::add);
    JsonNode data = node.path("data");
    String inner = data.isMissingNode() ? "" : ", data is " + shape(data);
    return type + " with keys " + keys + inner;
  }
}
