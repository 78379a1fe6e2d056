package io.skypanel.worker.panel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.skypanel.worker.job.FieldRules;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What reading a queue of 10,000 builds takes: another worker's, as in each poll, or the worker's
 * own that are all read, as in the poll after one that took nothing of a full window.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class QueueReadBenchmark {
  private static final int BUILDS = 10_000;

  @Param({"true", "false"})
  private boolean others;

  private final ObjectMapper json = new ObjectMapper();
  private byte[] answer;

  /** Makes the answer, in today's shape. */
  @Setup
  public void make() throws IOException {
    ArrayNode builds = json.createArrayNode();
    for (int number = 0; number < BUILDS; number++) {
      ObjectNode build = builds.addObject();
      build.put("deploymentId", UUID.randomUUID().toString());
      build.put("appId", UUID.randomUUID().toString());
      build.put("version", "v" + number);
      build.put("status", "pending");
      build.put("createdAt", "2026-11-28T10:00:00.000Z");
      build.put("organizationId", UUID.randomUUID().toString());
      describe(build, "githubRepoUrl");
      build.put("githubBranch", "main");
      describe(build.putObject("metadata").putObject("build_config"), "repoUrl");
    }
    answer = json.writeValueAsBytes(json.createObjectNode().set("builds", builds));
  }

  private static void describe(ObjectNode build, String url) {
    build.put(url, "https://git.example.com/shop.git");
    build.put("buildCommand", "npm run build");
    build.put("dockerfilePath", "Dockerfile");
    build.putObject("environmentVariables").put("NODE_ENV", "production").put("LEVEL", "info");
  }

  /** Reads it. */
  @Benchmark
  public JsonNode read() throws IOException {
    return new AnswerReader(json, app -> !FieldRules.isId(app) || !others)
        .read(new ByteArrayInputStream(answer), System.nanoTime());
  }
}
