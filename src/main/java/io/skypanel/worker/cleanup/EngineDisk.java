package io.skypanel.worker.cleanup;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.transport.DockerHttpClient;
import com.github.dockerjava.transport.DockerHttpClient.Request;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * The engine's own account of its disk space, and pruning its build cache: two calls that
 * docker-java 3.7 has no full command for ({@code GET /system/df} with a type, {@code POST
 * /build/prune} with {@code keep-storage}). Thread-safe.
 */
final class EngineDisk {
  private static final int FIRST_ERROR = 400;

  private final DockerHttpClient http;
  private final ObjectMapper json = new ObjectMapper();

  EngineDisk(DockerHttpClient http) {
    this.http = http;
  }

  /** Bytes of all images, shared layers counted once. */
  long imageBytes() {
    return call(Request.Method.GET, "/system/df?type=image").path("LayersSize").asLong();
  }

  /** Bytes of the build cache; what images share with it is theirs. */
  long buildCacheBytes() {
    long bytes = 0;
    // an engine before API 1.42 does not know the type and answers with everything
    for (JsonNode entry :
        call(Request.Method.GET, "/system/df?type=build-cache").path("BuildCache")) {
      bytes += entry.path("Shared").asBoolean() ? 0 : entry.path("Size").asLong();
    }
    return bytes;
  }

  /**
   * Prunes the build cache, oldest use first, down to {@code keepBytes}. Engines from 28 on call
   * the parameter {@code reserved-space}, but still take its old name.
   *
   * @return bytes that came back
   */
  long pruneBuildCache(long keepBytes) {
    return call(Request.Method.POST, "/build/prune?keep-storage=" + keepBytes)
        .path("SpaceReclaimed")
        .asLong();
  }

  private JsonNode call(Request.Method method, String path) {
    Request.Builder request = Request.builder().method(method).path(path);
    if (method == Request.Method.POST) {
      request.body(new ByteArrayInputStream(new byte[0]));
    }
    try (DockerHttpClient.Response response = http.execute(request.build())) {
      JsonNode answer = json.readTree(response.getBody());
      if (response.getStatusCode() >= FIRST_ERROR) {
        throw new IllegalStateException(
            path
                + " answered "
                + response.getStatusCode()
                + ": "
                + answer.path("message").asText());
      }
      return answer;
    } catch (IOException e) {
      throw new UncheckedIOException(path + ": " + e.getMessage(), e);
    }
  }
}
