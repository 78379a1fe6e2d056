package io.skypanel.worker.intake;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.FieldRules;
import io.skypanel.worker.job.GitSource;
import io.skypanel.worker.job.QueuedBuild;
import io.skypanel.worker.job.Shown;
import io.skypanel.worker.panel.PanelAnswer;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads one entry of the queue and checks every field, once, partly by {@link BuildJob}, which
 * holds no bad ones. What one deployment overrides stands in {@code metadata.build_config} and wins
 * over the app's own settings at the top level, field by field.
 */
final class JobFields {
  private static final Predicate<String> URL =
      Pattern.compile("(?i:https?|ssh)://[^\\s\\p{Cntrl}/-][^\\s\\p{Cntrl}]*").asMatchPredicate();
  private static final Predicate<String> SCP_URL =
      Pattern.compile(
              GitSource.SSH_USER + "@[A-Za-z0-9][A-Za-z0-9.-]*:[^\\s\\p{Cntrl}:-][^\\s\\p{Cntrl}]*")
          .asMatchPredicate();

  /** Behind scheme and host, so that it may end a password in which a slash was not encoded. */
  private static final Predicate<String> LATE_AT =
      Pattern.compile("^\\w+://[^/?#]*[/?#].*@").asPredicate();

  /**
   * What git's own check-ref-format refuses, and a leading dash, which would be an option; and the
   * one name that a branch can't be pushed by.
   */
  private static final Pattern NOT_IN_BRANCH =
      Pattern.compile(
          "^[-/.]|[/.]$|//|\\.\\.|@\\{|/\\.|\\.lock(/|$)|^@$|^HEAD$|[\\s\\p{Cntrl}~^:?*\\[\\\\]");

  /** In bytes: git makes a file of a branch's last part, and one with {@code .lock} behind it. */
  private static final int MAX_BRANCH_PART = 250;

  private static final int MAX_BRANCH = 1024;

  private static final int MAX_TEXT = 4096;
  private static final int MAX_METADATA = 100;
  private static final int MAX_METADATA_NAME = 256;

  private final JsonNode entry;
  private final JsonNode overrides;

  JobFields(JsonNode entry) {
    this.entry = entry;
    this.overrides = entry.path("metadata").path("build_config");
  }

  /** A field that breaks its rule. */
  private static final class BadField extends Exception {
    private static final long serialVersionUID = 1L;

    BadField(String reason) {
      super(reason, null, false, false);
    }
  }

  QueuedBuild read() {
    try {
      return readOrThrow();
    } catch (BadField e) {
      return new QueuedBuild.Malformed(validId("deploymentId"), validId("appId"), e.getMessage());
    }
  }

  private BuildJob readOrThrow() throws BadField {
    String deploymentId = id("deploymentId");
    String appId = id("appId");
    if (entry.path(PanelAnswer.SHORTENED).asBoolean()) {
      throw new BadField("the job has more than 10,000 values, or 4 Mi characters; shorten it");
    }
    String url = repository();
    String branch = text("githubBranch", "githubBranch").orElse("main");
    if (!isBranch(branch)) {
      throw new BadField(
          "githubBranch is '" + Shown.of(branch) + "', which git does not take as a branch");
    }
    Optional<String> sha =
        text("githubCommitSha", "githubCommitSha").map(s -> s.toLowerCase(Locale.ROOT));
    try {
      GitSource source = new GitSource(url, branch, sha);
      return new BuildJob(
          deploymentId,
          appId,
          text("appName", "appName").orElseGet(() -> repositoryName(source.displayUrl())),
          text("organizationId", "organizationId"),
          createdAt(),
          source,
          dockerfilePath(),
          text("buildCommand", "buildCommand"),
          text("startCommand", "startCommand"),
          environment(),
          metadata());
    } catch (IllegalArgumentException e) {
      throw new BadField(e.getMessage());
    }
  }

  private static boolean isBranch(String name) {
    return bytes(name) <= MAX_BRANCH
        && Stream.of(name.split("/")).allMatch(part -> bytes(part) <= MAX_BRANCH_PART)
        && !NOT_IN_BRANCH.matcher(name).find();
  }

  private static int bytes(String text) {
    return text.getBytes(UTF_8).length;
  }

  private String repository() throws BadField {
    String url =
        text("repoUrl", "githubRepoUrl")
            .orElseThrow(() -> new BadField("githubRepoUrl is missing"));
    if (!URL.test(url) && !SCP_URL.test(url)) {
      throw new BadField(
          "githubRepoUrl is '"
              + Shown.of(Shown.withoutLogin(url))
              + "' and must be an https, http or ssh URL");
    }
    if (LATE_AT.test(url)) {
      throw new BadField(
          "githubRepoUrl has an '@' behind its first '/', '?' or '#'; in user name and password"
              + " write %2F, %3F and %23 for these, in a path %40 for '@'");
    }
    return url;
  }

  private String id(String field) throws BadField {
    JsonNode node = entry.path(field);
    if (!node.isTextual() || node.asText().isBlank()) {
      throw new BadField(field + " is missing");
    }
    return node.asText();
  }

  private Optional<String> validId(String field) {
    return Optional.of(entry.path(field).asText("")).filter(FieldRules::isId);
  }

  /** A text where one may be; null, missing and blank count as absent. */
  private Optional<String> text(String override, String field) throws BadField {
    JsonNode node = overrides.path(override);
    if (isAbsent(node)) {
      node = entry.path(field);
    }
    if (isAbsent(node)) {
      return Optional.empty();
    }
    if (!node.isTextual()) {
      throw new BadField(field + " must be a text");
    }
    String value = node.asText().strip();
    if (value.length() > MAX_TEXT || value.indexOf('\0') >= 0) {
      throw new BadField(field + " must be of " + MAX_TEXT + " characters at most, without NUL");
    }
    return Optional.of(value);
  }

  private static boolean isAbsent(JsonNode node) {
    return node.isMissingNode() || node.isNull() || node.isTextual() && node.asText().isBlank();
  }

  /** Without the leading {@code ./} and inner {@code ..} that people write. */
  private Optional<String> dockerfilePath() throws BadField {
    Optional<String> path = text("dockerfilePath", "dockerfilePath");
    try {
      return path.map(p -> Path.of(p).normalize().toString());
    } catch (InvalidPathException e) {
      return path;
    }
  }

  private Optional<Instant> createdAt() {
    try {
      return Optional.of(Instant.parse(entry.path("createdAt").asText("")));
    } catch (DateTimeParseException absent) {
      return Optional.empty();
    }
  }

  /** An object of name to value, or an array of {@code {key, value}}: panels have both. */
  private Map<String, String> environment() throws BadField {
    JsonNode node = overrides.path("environmentVariables");
    if (node.isMissingNode() || node.isNull()) {
      node = entry.path("environmentVariables");
    }
    Map<String, String> variables = new LinkedHashMap<>();
    if (node.isObject()) {
      for (Map.Entry<String, JsonNode> field : node.properties()) {
        add(variables, field.getKey(), field.getValue());
      }
    } else if (node.isArray()) {
      for (JsonNode pair : node) {
        add(variables, pair.path("key").asText(pair.path("name").asText("")), pair.path("value"));
      }
    } else if (!node.isMissingNode() && !node.isNull()) {
      throw new BadField("environmentVariables must be an object or a list of key and value");
    }
    return variables;
  }

  /**
   * What stands in {@code metadata} as a text, number or boolean, {@code build_config} over the
   * rest. It holds whatever the panel's versions put there, so what is of no use is passed over;
   * but {@code volumes}, whatever it is, is kept as its text: without them data would be lost.
   */
  private Map<String, String> metadata() throws BadField {
    Map<String, String> found = new LinkedHashMap<>();
    for (JsonNode from : List.of(entry.path("metadata"), overrides)) {
      for (Map.Entry<String, JsonNode> field : from.properties()) {
        JsonNode given = field.getValue();
        boolean isVolumes = field.getKey().equalsIgnoreCase("volumes") && !given.isNull();
        String value = given.isContainerNode() && isVolumes ? given.toString() : given.asText("");
        boolean fits = !value.isBlank() && value.length() <= MAX_TEXT && value.indexOf('\0') < 0;
        boolean room =
            field.getKey().length() <= MAX_METADATA_NAME
                && (found.size() < MAX_METADATA || found.containsKey(field.getKey()));
        if (isVolumes && !fits) {
          throw new BadField("metadata.volumes must be of " + MAX_TEXT + " characters at most");
        }
        if (isVolumes || given.isValueNode() && fits && room) {
          found.remove(field.getKey());
          found.put(field.getKey(), value.strip());
        }
      }
    }
    return found;
  }

  private static void add(Map<String, String> variables, String name, JsonNode value)
      throws BadField {
    if (value.isContainerNode()) {
      throw new BadField(
          "environmentVariables." + Shown.of(name) + " must be a text, number or boolean");
    }
    variables.put(name, value.isNull() || value.isMissingNode() ? "" : value.asText());
  }

  private static String repositoryName(String url) {
    String path = url.replaceFirst("/+$", "").replaceFirst("\\.git$", "");
    return path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf(':')) + 1);
  }
}
