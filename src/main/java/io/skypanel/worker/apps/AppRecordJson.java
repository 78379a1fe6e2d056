package io.skypanel.worker.apps;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * An app record as an operator reads it with {@code cat}. Unknown keys are passed over, so that a
 * newer worker's file can be read after a downgrade.
 */
final class AppRecordJson {
  private final ObjectMapper mapper = new ObjectMapper();

  byte[] write(AppRecord app) throws IOException {
    ObjectNode json =
        mapper
            .createObjectNode()
            .put("appId", app.appId())
            .put("name", app.name())
            .put("state", app.state().name().toLowerCase(Locale.ROOT));
    app.ports().forEach(json.putArray("ports")::add);
    app.address()
        .ifPresent(
            address -> {
              json.put("slug", address.slug());
              address.domains().forEach(json.putArray("domains")::add);
            });
    ArrayNode retiring = json.putArray("retiring");
    for (AppRecord.Retiring r : app.retiring()) {
      retiring
          .addObject()
          .put("containerId", r.containerId())
          .put("hostPort", r.hostPort())
          .put("successor", r.successor());
    }
    ArrayNode deployments = json.putArray("deployments");
    for (AppDeployment d : app.deployments()) {
      ObjectNode entry =
          deployments
              .addObject()
              .put("deploymentId", d.deploymentId())
              .put("commitSha", d.commitSha())
              .put("imageRef", d.imageRef())
              .put("imageId", d.imageId())
              .put("containerName", d.containerName())
              .put("at", d.at().toString())
              .put("served", d.served())
              .put("listened", d.listened());
      d.url().ifPresent(url -> entry.put("url", url));
      d.containerId().ifPresent(id -> entry.put("containerId", id));
      d.hostPort().ifPresent(port -> entry.put("hostPort", port));
      d.intermediates().forEach(entry.putArray("intermediates")::add);
    }
    return mapper.writerWithDefaultPrettyPrinter().writeValueAsBytes(json);
  }

  /** Throws IOException for anything that is not such a file. */
  AppRecord read(byte[] content) throws IOException {
    JsonNode json = mapper.readTree(content);
    List<Integer> ports = new ArrayList<>();
    json.path("ports").forEach(p -> ports.add(p.asInt()));
    List<AppDeployment> deployments = new ArrayList<>();
    for (JsonNode entry : json.path("deployments")) {
      deployments.add(deployment(entry));
    }
    String appId = text(json, "appId");
    return new AppRecord(
        appId,
        json.path("name").asText(appId),
        ports,
        address(json),
        state(json.path("state").asText("running")),
        deployments,
        retiring(json));
  }

  private static Optional<AppRecord.Address> address(JsonNode json) {
    List<String> domains = new ArrayList<>();
    json.path("domains").forEach(d -> domains.add(d.asText()));
    return Optional.ofNullable(json.path("slug").textValue())
        .map(slug -> new AppRecord.Address(slug, domains));
  }

  private static AppRecord.State state(String name) throws IOException {
    try {
      return AppRecord.State.valueOf(name.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new IOException("'state' is " + name, e);
    }
  }

  private static List<AppRecord.Retiring> retiring(JsonNode json) throws IOException {
    List<AppRecord.Retiring> retiring = new ArrayList<>();
    for (JsonNode entry : json.path("retiring")) {
      retiring.add(
          new AppRecord.Retiring(
              text(entry, "containerId"),
              entry.path("hostPort").asInt(),
              text(entry, "successor")));
    }
    return retiring;
  }

  private static AppDeployment deployment(JsonNode entry) throws IOException {
    List<String> intermediates = new ArrayList<>();
    entry.path("intermediates").forEach(i -> intermediates.add(i.asText()));
    try {
      return new AppDeployment(
          text(entry, "deploymentId"),
          text(entry, "commitSha"),
          text(entry, "imageRef"),
          text(entry, "imageId"),
          intermediates,
          Optional.ofNullable(entry.path("containerId").textValue()),
          text(entry, "containerName"),
          entry.path("hostPort").isInt()
              ? OptionalInt.of(entry.path("hostPort").intValue())
              : OptionalInt.empty(),
          Instant.parse(text(entry, "at")),
          entry.path("served").asBoolean(),
          // an earlier version's record does not say, and a bot may be behind it
          entry.path("listened").asBoolean(),
          Optional.ofNullable(entry.path("url").textValue()));
    } catch (DateTimeException e) {
      throw new IOException("'at' is not a time: " + entry.path("at"), e);
    }
  }

  private static String text(JsonNode json, String key) throws IOException {
    String value = json.path(key).textValue();
    if (value == null) {
      throw new IOException("'" + key + "' is missing");
    }
    return value;
  }
}
