package io.skypanel.worker.image;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One message of BuildKit's about a build, as {@code buildx --progress=rawjson} writes it; {@link
 * StatusMessage} reads it as the engine's API has it.
 *
 * @param vertices the parts of the build that changed
 * @param logs what programs wrote
 * @param transfers how far files have come
 * @see <a href="https://pkg.go.dev/github.com/moby/buildkit/client#SolveStatus">BuildKit's type</a>
 */
record SolveStatus(List<Vertex> vertices, List<Log> logs, List<Transfer> transfers) {
  /**
   * A part of the build: a step of the Dockerfile, or something of BuildKit's own.
   *
   * @param digest by which logs and transfers name it
   * @param name such as {@code [2/5] RUN npm ci}, with the values of build arguments filled in
   * @param cached whether the cache had it
   * @param error why it failed
   */
  record Vertex(
      String digest,
      String name,
      boolean started,
      boolean completed,
      boolean cached,
      Optional<String> error) {}

  /** What the program of a step wrote. */
  record Log(String vertex, byte[] data) {}

  /**
   * How far something has come.
   *
   * @param id what it is, such as {@code transferring context:}
   * @param current in bytes
   */
  record Transfer(String id, long current) {}

  /** Reads it; what is not understood is left out. */
  static SolveStatus of(JsonNode json) {
    List<Vertex> vertices = new ArrayList<>();
    for (JsonNode vertex : json.path("vertexes")) {
      vertices.add(
          new Vertex(
              vertex.path("digest").asText(""),
              vertex.path("name").asText(""),
              vertex.hasNonNull("started"),
              vertex.hasNonNull("completed"),
              vertex.path("cached").asBoolean(),
              Optional.of(vertex.path("error").asText("")).filter(error -> !error.isEmpty())));
    }
    List<Log> logs = new ArrayList<>();
    for (JsonNode log : json.path("logs")) {
      logs.add(new Log(log.path("vertex").asText(""), bytes(log.path("data"))));
    }
    List<Transfer> transfers = new ArrayList<>();
    for (JsonNode status : json.path("statuses")) {
      transfers.add(new Transfer(status.path("id").asText(""), status.path("current").asLong()));
    }
    return new SolveStatus(vertices, logs, transfers);
  }

  private static byte[] bytes(JsonNode base64) {
    try {
      byte[] data = base64.isTextual() ? base64.binaryValue() : null;
      return data == null ? new byte[0] : data;
    } catch (IOException e) {
      return new byte[0];
    }
  }
}
