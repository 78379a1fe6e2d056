package io.skypanel.worker.intake;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.QueuedBuild;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Customers choose these fields; a bad one ends its own build, with its name and the rule. */
class JobFieldsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ObjectNode entry =
      JSON.createObjectNode()
          .put("deploymentId", "d-1")
          .put("appId", "a-1")
          .put("githubRepoUrl", "https://git.example.com/shop.git");

  private QueuedBuild read() {
    return new JobFields(entry).read();
  }

  private String reason() {
    return ((QueuedBuild.Malformed) read()).reason();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../../etc",
        "-rf",
        "a/b",
        "a b",
        "a\nb",
        "",
        ".",
        ".hidden",
        "ä",
        "a:latest",
        "$(id)"
      })
  void anIdThatIsNoSafeNameIsRefused(String id) {
    for (String field : new String[] {"deploymentId", "appId", "organizationId"}) {
      ObjectNode bad = entry.deepCopy().put(field, id);
      if (field.equals("organizationId") && id.isBlank()) {
        continue; // as good as none
      }
      assertThat(new JobFields(bad).read())
          .isInstanceOfSatisfying(
              QueuedBuild.Malformed.class, build -> assertThat(build.reason()).contains(field));
    }
  }

  @Test
  void aBranchIsOneThatGitCanMakeAFileOf() {
    for (String branch :
        List.of(
            "HEAD",
            "b".repeat(251),
            "ä".repeat(126),
            "a/" + "b".repeat(251),
            "a/".repeat(600) + "b")) {
      entry.put("githubBranch", branch);
      assertThat(reason()).contains("which git does not take as a branch");
    }
    for (String branch : List.of("b".repeat(250), "team/" + "b".repeat(250) + "/c")) {
      entry.put("githubBranch", branch);
      assertThat(new JobFields(entry).read()).isInstanceOf(BuildJob.class);
    }
  }

  @Test
  void anAddressMayBeginInCapitals() {
    entry.put("githubRepoUrl", "HTTPS://github.com/a/b");

    assertThat(new JobFields(entry).read()).isInstanceOf(BuildJob.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "githubCommitSha | [\"abc\"]",
        "githubBranch | {\"a\": 1}",
        "organizationId | {\"x\": 1}",
        "dockerfilePath | [\"x\"]",
        "startCommand | []",
        "appName | {}"
      })
  void aListOrAnObjectIsNoTextAndNotAsGoodAsNone(String field, String json) throws Exception {
    entry.set(field, JSON.readTree(json));
    assertThat(reason()).isEqualTo(field + " must be a text");
  }

  @ParameterizedTest
  @ValueSource(strings = {"docker/x\n00:00:00.000 INFO  forged", "a\u001b[2J", "a\u2028b"})
  void aPathHasNothingThatCantBeSeen(String path) {
    entry.put("dockerfilePath", path);
    assertThat(reason())
        .startsWith("dockerfilePath is '")
        .contains("without control characters")
        .doesNotContain("\n", "\u001b", "\u2028");
  }

  @Test
  void aVariablesNameHasNoSeparatorOfLines() {
    entry.putObject("environmentVariables").put("A\u2028KEY", "x");
    assertThat(reason()).contains("without '=', space or control character");
  }

  @Test
  void anIdHas63CharactersAtMost() {
    entry.put("appId", "a".repeat(63));
    assertThat(read()).isInstanceOf(BuildJob.class);
    entry.put("appId", "a".repeat(64));
    assertThat(reason()).contains("appId is 'aaa").contains("63 at most");
  }

  @Test
  void anAppsNameMayBeAnythingThatCanBeSeen() {
    entry.put("appName", "Łódź 🚀 shop / \"v2\"");
    assertThat(((BuildJob) read()).appName()).isEqualTo("Łódź 🚀 shop / \"v2\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a\nINFO forged", "a\u001b[2J", "a\u202egpj.exe", "a\u2028b", "a\u009b2J"})
  void anAppsNameForgesNoLineOfALog(String name) {
    entry.put("appName", name);
    assertThat(((BuildJob) read()).appName())
        .startsWith("a?")
        .doesNotContain("\n", "\u001b", "\u202e", "\u2028");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--upload-pack=touch /tmp/x",
        "-b",
        "a..b",
        "a b",
        "a\nb",
        "refs/../x",
        "a.lock",
        "@",
        "a@{1}",
        "a~1",
        "a:b",
        "/a",
        "a/",
        "a\\b"
      })
  void aBranchKeepsGitsRulesAndIsNoOption(String branch) {
    entry.put("githubBranch", branch);
    assertThat(reason()).startsWith("githubBranch is '").doesNotContain("\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HEAD",
        "--all",
        "abc123",
        "0000 0000",
        "g000000000000000000000000000000000000000"
      })
  void aCommitIsAFullId(String sha) {
    entry.put("githubCommitSha", sha);
    assertThat(reason()).startsWith("githubCommitSha is '");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ext::sh -c id",
        "file:///etc",
        "/etc",
        "-u/x",
        "https://-oProxyCommand=id/x",
        "ssh://-oProxyCommand=id/x",
        "git@-oProxyCommand=id:x",
        "-oProxyCommand=id@host:x",
        "https://a b/x",
        "https://host/a\nb",
        "ftp://host/x",
        "git://host/x",
        "http:///x"
      })
  void aRepositoryIsAnAddressOfHttpOrSsh(String url) {
    entry.put("githubRepoUrl", url);
    assertThat(reason()).startsWith("githubRepoUrl is '").doesNotContain("\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://token@host/team/app.git",
        "ssh://my-org@vs-ssh.visualstudio.com/v3/my-org/proj/repo",
        "ssh://git@host/team/app%40v2.git",
        "git@host:team/app@v2.git",
        "my-org@vs-ssh.visualstudio.com:v3/my-org/proj/repo",
        "_a.b+c~d@host:x"
      })
  void aRepositoryMayHaveAUserAndByScpAnAtInItsPath(String url) {
    entry.put("githubRepoUrl", url);
    assertThat(((BuildJob) read()).source().url()).isEqualTo(url);
  }

  @Test
  void anAtInThePathOfAUrlIsRefusedWithTheWayToWriteIt() {
    entry.put("githubRepoUrl", "ssh://git@host/team/app@v2.git");
    assertThat(reason()).startsWith("githubRepoUrl has an '@' behind").contains("%40");
  }

  @Test
  void aRefusedAddressDoesNotShowItsPassword() {
    entry.put("githubRepoUrl", "ftp://user:hunter2@host/x");
    assertThat(reason()).contains("ftp://****@host/x").doesNotContain("hunter2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://user:hunter2/hunter2@host/x.git",
        "https://user:123/hunter2@host/x.git",
        "https://hunter2/hunter2@host/x.git",
        "https://user:a@b/hunter2?#@host/x.git",
        "ssh://git:hunter2/hunter2@host/x.git",
        "https://user:hunter2 hunter2@host/x.git",
        "user:hunter2/hunter2@host/x.git",
        "ftp://user:hunter2/hunter2@host/x.git"
      })
  void aPasswordThatIsNotEncodedIsRefusedAndNothingOfItShown(String url) {
    entry.put("githubRepoUrl", url);
    assertThat(reason()).startsWith("githubRepoUrl ").doesNotContain("hunter2");
  }

  @Test
  void anAppWithoutANameIsNamedAfterTheRepositoryAndNotAfterItsPassword() {
    entry.remove("appName");
    entry.put("githubRepoUrl", "https://user:hunter2@host");
    assertThat(((BuildJob) read()).appName()).isEqualTo("host");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/etc/passwd", "../Dockerfile", "a/../../b", "..", ".", "a\u0000b"})
  void aDockerfileLiesBelowTheRepository(String path) {
    entry.put("dockerfilePath", path);
    assertThat(reason()).startsWith("dockerfilePath ");
  }

  @ParameterizedTest
  @CsvSource({
    "./Dockerfile,Dockerfile",
    "a/../b,b",
    "..a,..a",
    "docker/Dockerfile,docker/Dockerfile"
  })
  void aDockerfilesPathIsMadePlain(String given, String plain) {
    entry.put("dockerfilePath", given);
    assertThat(((BuildJob) read()).dockerfilePath()).contains(plain);
  }

  @ParameterizedTest
  @ValueSource(strings = {"A=B", "A B", "A\nB", "A\u0000", "", "\u007f"})
  void aVariablesNameHasNoEqualsSignSpaceOrControl(String name) {
    entry.putObject("environmentVariables").put(name, "secret value");
    assertThat(reason())
        .startsWith("environmentVariables is '")
        .doesNotContain("secret value", "\n");
  }

  @Test
  void aValueThatWasPastedWithItsNameIsNotShown() {
    entry.putObject("environmentVariables").put("API_KEY=sk-live-1", "");
    assertThat(reason())
        .startsWith("environmentVariables is 'API_KEY=…'")
        .doesNotContain("sk-live");
  }

  @Test
  void aVariablesNameMayHaveDots() {
    entry.putObject("environmentVariables").put("spring.datasource.url", "jdbc:x").put("A", "");
    assertThat(((BuildJob) read()).environment()).containsEntry("spring.datasource.url", "jdbc:x");
  }

  @Test
  void aVariablesValueHasNoNulAndEndsSomewhere() {
    entry.putObject("environmentVariables").put("A", "x\u0000y");
    assertThat(reason())
        .isEqualTo("environmentVariables.A must be of 128 KiB at most, without NUL");
    entry.putObject("environmentVariables").put("A", "x".repeat(128 * 1024 - 2));
    assertThat(reason()).startsWith("environmentVariables.A must be of 128 KiB");
  }

  @Test
  void variablesAreBoundedInNumberAndInAll() {
    ObjectNode many = entry.putObject("environmentVariables");
    IntStream.rangeClosed(0, 1000).forEach(i -> many.put("A" + i, "x"));
    assertThat(reason()).contains("1001 variables").contains("1000 at most");
    ObjectNode large = entry.putObject("environmentVariables");
    IntStream.range(0, 9).forEach(i -> large.put("A" + i, "x".repeat(128 * 1024 - 4)));
    assertThat(reason()).contains("1 MiB at most in all");
  }

  @Test
  void whatMetadataHoldsIsBounded() {
    ObjectNode metadata = entry.putObject("metadata");
    metadata.put("n".repeat(257), "x");
    metadata.put("long", "x".repeat(4097));
    IntStream.range(0, 200).forEach(i -> metadata.put("key" + i, i));
    assertThat(((BuildJob) read()).metadata()).hasSize(100).containsKey("key0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "\"text\"", "null", "[]", "{}", "[[[1]]]", "{\"deploymentId\": {}}"})
  void anEntryOfAnyShapeIsMalformedAndNoMore(String json) throws Exception {
    JsonNode any = JSON.readTree(json);
    assertThat(new JobFields(any).read()).isInstanceOf(QueuedBuild.Malformed.class);
  }

  @Test
  void whatCanBeNamedIsNamedForTheReport() {
    entry.put("githubBranch", "-x");
    assertThat(read())
        .isInstanceOfSatisfying(
            QueuedBuild.Malformed.class,
            build -> {
              assertThat(build.deploymentId()).contains("d-1");
              assertThat(build.appId()).contains("a-1");
            });
  }
}
