package io.skypanel.worker.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.UUID;

/**
 * A build to be queued, with the fields that today's panel sends and its own defaults. Immutable:
 * each method answers a changed copy.
 *
 * @param fields the record as the queue will hand it out; {@code createdAt} and {@code version} are
 *     added when it is queued without
 */
public record BuildRequest(ObjectNode fields) {
  private static final String CONFIG = "build_config";

  /** A copy, so that a caller's later changes don't reach the panel. */
  public BuildRequest {
    fields = fields.deepCopy();
  }

  @Override
  public ObjectNode fields() {
    return fields.deepCopy();
  }

  /** A first deployment of a new app, out of the branch {@code main} of {@code repositoryUrl}. */
  public static BuildRequest of(String repositoryUrl) {
    ObjectNode fields = Json.object();
    fields
        .put("deploymentId", UUID.randomUUID().toString())
        .put("appId", UUID.randomUUID().toString())
        .put("organizationId", UUID.randomUUID().toString())
        .put("githubRepoUrl", repositoryUrl)
        .put("githubBranch", "main")
        .put("dockerfilePath", "Dockerfile")
        .put("buildCommand", "npm run build");
    fields.putObject("environmentVariables");
    fields
        .putObject("metadata")
        .put("is_auto_deployment", false)
        .putObject(CONFIG)
        .put("repoUrl", repositoryUrl)
        .put("buildCommand", "npm run build")
        .put("dockerfilePath", "Dockerfile")
        .putObject("environmentVariables");
    return new BuildRequest(fields);
  }

  /** Out of arbitrary fields, for records that a panel should not send; ids may be absent. */
  public static BuildRequest raw(ObjectNode fields) {
    return new BuildRequest(fields);
  }

  /** As another deployment (a new id) of the same app. */
  public BuildRequest again() {
    return with("deploymentId", UUID.randomUUID().toString());
  }

  /** Of the app with this id. */
  public BuildRequest app(String appId) {
    return with("appId", appId);
  }

  /** Out of this branch. */
  public BuildRequest branch(String branch) {
    return with("githubBranch", branch);
  }

  /** At this commit. */
  public BuildRequest commit(String sha) {
    return with("githubCommitSha", sha);
  }

  /** By this Dockerfile, relative to the repository; both where the app and the deployment say. */
  public BuildRequest dockerfile(String path) {
    return with("dockerfilePath", path).withConfig("dockerfilePath", path);
  }

  /** With this environment; both where the app and the deployment say. */
  public BuildRequest environment(Map<String, ?> variables) {
    return with("environmentVariables", variables).withConfig("environmentVariables", variables);
  }

  /** With a field of the top level set to what Jackson makes of {@code value}. */
  public BuildRequest with(String field, Object value) {
    ObjectNode changed = fields.deepCopy();
    changed.set(field, Json.MAPPER.<JsonNode>valueToTree(value));
    return new BuildRequest(changed);
  }

  /** With a field of {@code metadata.build_config} set, which overrides the top level. */
  public BuildRequest withConfig(String field, Object value) {
    ObjectNode changed = fields.deepCopy();
    ObjectNode config = changed.withObjectProperty("metadata").withObjectProperty(CONFIG);
    config.set(field, Json.MAPPER.<JsonNode>valueToTree(value));
    return new BuildRequest(changed);
  }

  /** Without a field of the top level. */
  public BuildRequest without(String field) {
    ObjectNode changed = fields.deepCopy();
    changed.remove(field);
    return new BuildRequest(changed);
  }

  /** Without {@code metadata}, so without what overrides the top level. */
  public BuildRequest withoutMetadata() {
    return without("metadata");
  }

  /** The deployment's id; empty if the record has none. */
  public String deploymentId() {
    return fields.path("deploymentId").asText("");
  }

  /** The app's id; empty if the record has none. */
  public String appId() {
    return fields.path("appId").asText("");
  }
}
