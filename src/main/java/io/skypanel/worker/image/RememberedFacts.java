package io.skypanel.worker.image;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.transport.DockerHttpClient;
import com.github.dockerjava.transport.DockerHttpClient.Request;
import com.github.dockerjava.transport.DockerHttpClient.Response;
import io.skypanel.worker.engine.DockerEngine;
import io.skypanel.worker.job.BuildFailure;

/**
 * The facts of the engine, asked for anew when it is another version: for an answer it starts
 * programs, which takes longer than all else that is asked of it before a build. Thread-safe.
 */
final class RememberedFacts {
  private final DockerClient docker;
  private final DockerHttpClient http;
  private volatile Known known = new Known("", null);

  private record Known(String version, BuildKitFacts facts) {}

  RememberedFacts(DockerEngine engine) {
    this.docker = engine.client();
    this.http = engine.http();
  }

  /**
   * The facts.
   *
   * @throws BuildFailure.WorkerFault if the engine does not say them
   */
  BuildKitFacts now() throws BuildFailure.WorkerFault {
    String runs = version();
    Known last = known;
    if (!runs.isEmpty() && runs.equals(last.version())) {
      return last.facts();
    }
    Known asked = new Known(runs, BuildKitFacts.of(docker));
    known = asked;
    return asked.facts();
  }

  /** As it stands in the head of each of its answers; empty if it does not. */
  private String version() throws BuildFailure.WorkerFault {
    Request ping = Request.builder().method(Request.Method.GET).path("/_ping").build();
    try (Response answer = http.execute(ping)) {
      String server = answer.getHeader("Server");
      String api = answer.getHeader("Api-Version");
      return server == null || api == null ? "" : server + " " + api;
    } catch (RuntimeException e) {
      throw new BuildFailure.WorkerFault("The Docker Engine does not answer: " + e.getMessage(), e);
    }
  }
}
