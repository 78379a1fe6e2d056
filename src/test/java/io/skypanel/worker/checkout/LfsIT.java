package io.skypanel.worker.checkout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.skypanel.worker.checkout.RecordingHost.Answer;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.Checkout;
import io.skypanel.worker.sandbox.GitServer;
import io.skypanel.worker.settings.GitCredentials;
import io.skypanel.worker.settings.GitSettings;
import io.skypanel.worker.settings.HostPattern;
import io.skypanel.worker.settings.Proxies;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where large files are fetched from, whatever a repository or a server says of it. */
class LfsIT {
  private static final Answer OBJECT = new Answer(200, "X: y", GitHostsIT.CONTENT);

  @TempDir Path temp;

  private GitServer server;
  private CheckoutFixture fixture;

  @BeforeEach
  void serve() {
    server = GitServer.open();
    fixture = new CheckoutFixture(temp.resolve("workspace"));
  }

  @AfterEach
  void close() {
    server.close();
  }

  private Throwable failure() {
    return catchThrowable(() -> fixture.fetch(GitHostsIT.named(server, "git") + "/app.git"));
  }

  private static Answer lfs(RecordingHost.Request request, String base) {
    return request.path().endsWith("/objects/batch") ? GitHostsIT.batch(base + "/object") : OBJECT;
  }

  @Test
  void filesOfARepositoryAndItsSubmodulesAreInPlace() throws Exception {
    RecordingHost[] self = new RecordingHost[1];
    try (RecordingHost host = new RecordingHost(r -> lfs(r, self[0].url("lfs")))) {
      self[0] = host;
      String library = GitHostsIT.withLfs(server, "lib", host.url("lfs"));
      GitHostsIT.withSubmodule(server, "app", "../lib.git", library);

      Checkout done = fixture.fetch(GitHostsIT.named(server, "git") + "/app.git");

      assertThat(done.directory().resolve("lib/large.bin")).hasContent(GitHostsIT.CONTENT);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "127.0.0.2", "other.example.test"})
  void aPortOfTheWorkersOwnHearsNothing(String host) throws Exception {
    try (RecordingHost own = new RecordingHost(r -> OBJECT)) {
      fixture.close(own.port());
      GitHostsIT.withLfs(server, "app", "\"http://" + host + ":" + own.port() + "/stop?x=\"");

      assertThat(failure())
          .isInstanceOf(BuildFailure.UserFault.class)
          .hasMessageContaining("is never fetched from: it is a port of this worker's");
      assertThat(own.requests()).isEmpty();
    }
  }

  @Test
  void noServerLeadsToAPortOfTheWorkersOwn() throws Exception {
    try (RecordingHost own = new RecordingHost(r -> OBJECT)) {
      fixture.close(own.port());
      String place = "http://127.0.0.1:" + own.port() + "/stop";
      for (Answer answer :
          List.of(new Answer(307, "Location: " + place, ""), GitHostsIT.batch(place))) {
        try (RecordingHost lfs = new RecordingHost(r -> answer)) {
          server = GitServer.open();
          GitHostsIT.withLfs(server, "app", lfs.url("lfs"));

          assertThat(failure()).hasMessageContaining("is never fetched from");
          assertThat(lfs.requests()).isNotEmpty();
        }
      }
      assertThat(own.requests()).isEmpty();
    }
  }

  @Test
  void loopbackIsAHostLikeOthers() throws Exception {
    try (RecordingHost host = new RecordingHost(r -> OBJECT)) {
      GitHostsIT.withLfs(server, "app", "http://127.0.0.1:" + host.port() + "/lfs");
      GitSettings settings =
          new GitSettings(
              GitSettings.DEFAULT.protocols(),
              List.of(new HostPattern("git.example.test")),
              List.of(),
              Optional.empty(),
              GitCredentials.NONE,
              Proxies.NONE);

      assertThat(
              catchThrowable(
                  () -> fixture.fetch(GitHostsIT.named(server, "git") + "/app.git", settings)))
          .hasMessageContaining("127.0.0.1 is not one that this worker fetches from");
      assertThat(host.requests()).isEmpty();
    }
  }

  /** CVE-2024-53263. */
  @Test
  void aLineBreakInALoginAsksForNobodyElsesCredential() throws Exception {
    try (RecordingHost evil = RecordingHost.closed()) {
      GitHostsIT.withLfs(
          server,
          "app",
          "\"http://u%0Aprotocol=https%0Ahost=github.com%0Ausername=@lfs.example.test:"
              + evil.port()
              + "/x\"");

      assertThat(failure())
          .isInstanceOf(BuildFailure.UserFault.class)
          .hasMessageContaining("control character");
      assertThat(evil.requests()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "no JSON | the server's answer is no JSON",
        "{} | does not say where object",
        "{\"objects\":[{\"oid\":\"OID\",\"error\":{\"code\":404,\"message\":\"gone\\nINFO x\"}}]} | gone?INFO x",
        "{\"objects\":[{\"oid\":\"OID\",\"actions\":{\"download\":{\"href\":\"ext::sh\"}}}]} | none that a",
        "{\"objects\":[{\"oid\":\"OID\",\"actions\":{\"download\":{\"href\":\"ssh://h/x\"}}}]} | https or http",
        "{\"objects\":[{\"oid\":\"OID\",\"actions\":{\"download\":{\"href\":\"http://h/\","
            + "\"header\":{\"A\":\"b\\r\\nC: d\"}}}}]} | headers that are none",
      })
  void anAnswerThatIsNoneIsTheUsersFault(String answer, String said) throws Exception {
    String body = answer.replace("OID", GitHostsIT.oid());
    try (RecordingHost host = new RecordingHost(r -> new Answer(200, "X: y", body))) {
      GitHostsIT.withLfs(server, "app", host.url("lfs"));

      assertThat(failure()).isInstanceOf(BuildFailure.UserFault.class).hasMessageContaining(said);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "the large fil, smaller",
    "the large file!, larger",
    "the LARGE file, is another",
  })
  void anObjectThatIsAnotherIsNotTaken(String content, String said) throws Exception {
    RecordingHost[] self = new RecordingHost[1];
    try (RecordingHost host =
        new RecordingHost(
            r ->
                r.path().endsWith("/objects/batch")
                    ? lfs(r, self[0].url("lfs"))
                    : new Answer(200, "X: y", content))) {
      self[0] = host;
      GitHostsIT.withLfs(server, "app", host.url("lfs"));

      assertThat(failure()).hasMessageContaining(said);
    }
  }

  @Test
  void aServerThatRedirectsInACircleIsGivenUp() throws Exception {
    RecordingHost[] self = new RecordingHost[1];
    try (RecordingHost host =
        new RecordingHost(r -> new Answer(302, "Location: " + self[0].url("lfs") + r.path(), ""))) {
      self[0] = host;
      GitHostsIT.withLfs(server, "app", host.url("lfs"));

      assertThat(failure()).hasMessageContaining("redirects more than 5 times");
    }
  }

  @Test
  void aServerThatIsAwayForAMomentIsAskedAgain() throws Exception {
    RecordingHost[] self = new RecordingHost[1];
    int[] calls = {0};
    try (RecordingHost host =
        new RecordingHost(
            r -> calls[0]++ % 2 == 0 ? new Answer(503, "X: y", "") : lfs(r, self[0].url("lfs")))) {
      self[0] = host;
      GitHostsIT.withLfs(server, "app", host.url("lfs"));

      Checkout done = fixture.fetch(GitHostsIT.named(server, "git") + "/app.git");

      assertThat(done.directory().resolve("large.bin")).hasContent(GitHostsIT.CONTENT);
    }
  }
}
