package io.skypanel.worker.checkout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.skypanel.worker.checkout.RecordingHost.Answer;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.Checkout;
import io.skypanel.worker.sandbox.GitFile;
import io.skypanel.worker.sandbox.GitRepository;
import io.skypanel.worker.sandbox.GitServer;
import io.skypanel.worker.settings.GitCredentials;
import io.skypanel.worker.settings.GitProtocol;
import io.skypanel.worker.settings.GitSettings;
import io.skypanel.worker.settings.HostPattern;
import io.skypanel.worker.settings.Proxies;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Where a checkout goes, and what it shows of its credentials there. */
@Timeout(60)
class GitHostsIT {
  private static final String TOKEN = "t0ken-of-git";
  private static final String BASIC =
      "Basic "
          + Base64.getEncoder().encodeToString(("ci:" + TOKEN).getBytes(StandardCharsets.UTF_8));
  static final String CONTENT = "the large file";

  @TempDir Path temp;

  private GitServer server;
  private GitServer closed;
  private CheckoutFixture fixture;

  @BeforeEach
  void serve() {
    server = GitServer.open();
    closed = GitServer.withLogin("ci", TOKEN);
    fixture = new CheckoutFixture(temp.resolve("workspace"));
  }

  @AfterEach
  void close() {
    server.close();
    closed.close();
  }

  @Test
  void aSubmoduleOfAHostThatIsNotAllowedIsRefusedBeforeTheHostIsAsked() throws Exception {
    try (RecordingHost other = RecordingHost.closed()) {
      withSubmodule(server, "app", other.url("other") + "/lib.git");

      assertRefused("git", named(server, "git") + "/app.git");
      assertThat(other.requests()).isEmpty();
      assertThat(catchThrowable(() -> fixture.fetch(named(server, "git") + "/app.git")))
          .hasMessageContaining("Access to a submodule");
      assertThat(other.requests()).isNotEmpty();
    }
  }

  @Test
  void aRedirectToAHostThatIsNotAllowedIsNotFollowed() throws Exception {
    try (RecordingHost other = RecordingHost.closed();
        RecordingHost redirecting =
            new RecordingHost(
                r -> new Answer(302, "Location: " + other.url("other") + r.path(), ""))) {
      assertRefused("git", redirecting.url("git") + "/app.git");
      assertThat(redirecting.requests()).isNotEmpty();
      assertThat(other.requests()).isEmpty();
    }
  }

  @Test
  void lfsFilesOfAHostThatIsNotAllowedAreNotFetched() throws Exception {
    try (RecordingHost other = RecordingHost.closed()) {
      withLfs(server, "app", other.url("other") + "/lfs");

      assertRefused("git", named(server, "git") + "/app.git");
      assertThat(other.requests()).isEmpty();
    }
  }

  @Test
  void anLfsServerThatLeadsElsewhereIsNotFollowed() throws Exception {
    try (RecordingHost other = RecordingHost.closed();
        RecordingHost lfs = new RecordingHost(r -> batch(other.url("other") + "/object"))) {
      withLfs(server, "app", lfs.url("git") + "/lfs");

      assertRefused("git", named(server, "git") + "/app.git");
      assertThat(lfs.requests()).isNotEmpty();
      assertThat(other.requests()).isEmpty();
    }
  }

  @Test
  void aNameThatLeadsToAMetadataAddressIsRefused() {
    assertThat(
            catchThrowable(
                () ->
                    fixture.fetch(
                        "http://metadata.example.test/app.git",
                        GitSettings.DEFAULT,
                        name -> List.of(InetAddress.getByName("169.254.169.254")))))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("metadata.example.test is never fetched from: 169.254.169.254");
    for (String literal :
        List.of(
            "169.254.169.254",
            "0xa9fea9fe",
            "2852039166",
            "0251.0376.0251.0376",
            "[::ffff:169.254.169.254]",
            "[fd00:ec2::254]",
            "100.100.100.200")) {
      assertThat(catchThrowable(() -> fixture.fetch("http://" + literal + "/app.git")))
          .as(literal)
          .isInstanceOf(BuildFailure.UserFault.class)
          .hasMessageContaining("is never fetched from");
    }
  }

  @Test
  void aProtocolThatIsNotAllowedIsRefusedForSubmodulesToo() throws Exception {
    GitSettings httpOnly =
        new GitSettings(
            EnumSet.of(GitProtocol.HTTP),
            GitSettings.DEFAULT.hosts(),
            List.of(),
            Optional.empty(),
            GitCredentials.NONE,
            Proxies.NONE);
    withSubmodule(server, "app", "ssh://git@git.example.test/lib.git");

    assertThat(catchThrowable(() -> fixture.fetch(named(server, "git") + "/app.git", httpOnly)))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("transport 'ssh' not allowed")
        .hasMessageContaining("GIT_ALLOWED_PROTOCOLS");
    assertThat(catchThrowable(() -> fixture.fetch("https://git.example.test/app.git", httpOnly)))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("git.example.test is not fetched from by https");
  }

  @Test
  void aCredentialOfTheSettingsServesRepositorySubmoduleAndLfsFilesAndStandsNowhere()
      throws Exception {
    String base = named(closed, "git");
    try (RecordingHost lfs =
        new RecordingHost(
            r -> {
              if (r.authorization().isEmpty()) {
                return new Answer(401, "WWW-Authenticate: Basic realm=\"x\"", "");
              }
              return r.path().endsWith("/batch")
                  ? batch(base + "/never")
                  : new Answer(404, "X: y", "");
            })) {
      String library = closed.create("lib").commit(Map.of("lib.js", "lib"), "Add the library");
      withSubmodule(closed, "app", "../lib.git", library);

      Checkout done = fixture.fetch(base + "/app.git", with(base));
      assertThat(done.directory().resolve("lib/lib.js")).hasContent("lib");
      assertStandsNowhere();

      withLfs(closed, "large", lfs.url("git") + "/lfs");
      assertThat(
              catchThrowable(() -> fixture.fetch(base + "/large.git", with(base, lfs.url("git")))))
          .isInstanceOf(BuildFailure.UserFault.class)
          .hasMessageContaining("LFS files");
      assertThat(lfs.requests()).anyMatch(r -> r.authorization().equals(Optional.of(BASIC)));
      assertStandsNowhere();
    }
  }

  @Test
  void noOtherHostGetsTheCredential() throws Exception {
    String base = named(closed, "git");
    try (RecordingHost other = RecordingHost.closed()) {
      // another port of the same name, and another name
      for (String name : List.of("git", "other")) {
        withSubmodule(closed, "submodule-" + name, other.url(name) + "/lib.git");
        withLfs(closed, "lfs-" + name, other.url(name) + "/lfs");
        for (String kind : List.of("submodule-", "lfs-")) {
          assertThat(
                  catchThrowable(
                      () -> fixture.fetch(base + "/" + kind + name + ".git", with(base))))
              .isInstanceOf(BuildFailure.UserFault.class);
        }
      }
      assertThat(other.requests()).hasSizeGreaterThanOrEqualTo(4);
      assertThat(other.requests()).allMatch(r -> r.authorization().isEmpty());
    }
  }

  @Test
  void noRedirectCarriesTheCredentialToAnotherHost() throws Exception {
    try (RecordingHost other = RecordingHost.closed();
        RecordingHost redirecting =
            new RecordingHost(
                r ->
                    r.authorization().isEmpty()
                        ? new Answer(401, "WWW-Authenticate: Basic realm=\"x\"", "")
                        : new Answer(307, "Location: " + other.url("other") + r.path(), ""))) {
      GitSettings settings = with(redirecting.url("git"), named(server, "git"));

      assertThat(catchThrowable(() -> fixture.fetch(redirecting.url("git") + "/app.git", settings)))
          .isInstanceOf(BuildFailure.UserFault.class);
      withLfs(server, "large", redirecting.url("git") + "/lfs");
      assertThat(catchThrowable(() -> fixture.fetch(named(server, "git") + "/large.git", settings)))
          .isInstanceOf(BuildFailure.UserFault.class);

      assertThat(redirecting.requests()).anyMatch(r -> r.path().contains("/lfs"));
      assertThat(redirecting.requests())
          .anyMatch(r -> r.authorization().equals(Optional.of(BASIC)));
      assertThat(other.requests()).isNotEmpty().allMatch(r -> r.authorization().isEmpty());
    }
  }

  @Test
  void theHostOfLfsObjectsGetsNoCredentialButWhatTheLfsServerGivesIt() throws Exception {
    try (RecordingHost objects = new RecordingHost(r -> new Answer(200, "X: y", CONTENT));
        RecordingHost lfs = new RecordingHost(r -> batch(objects.url("objects") + "/object"))) {
      withLfs(closed, "app", lfs.url("git") + "/lfs");

      Checkout done = fixture.fetch(named(closed, "git") + "/app.git", with(named(closed, "git")));

      assertThat(done.directory().resolve("large.bin")).hasContent(CONTENT);
      assertThat(objects.requests()).isNotEmpty().allMatch(r -> r.authorization().isEmpty());
    }
  }

  private void assertRefused(String allowed, String url) {
    GitSettings settings =
        new GitSettings(
            GitSettings.DEFAULT.protocols(),
            List.of(new HostPattern(allowed + ".example.test")),
            List.of(),
            Optional.empty(),
            GitCredentials.NONE,
            Proxies.NONE);
    assertThat(catchThrowable(() -> fixture.fetch(url, settings)))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessage(
            "The host other.example.test is not one that this worker fetches from; its operator"
                + " can add it to GIT_ALLOWED_HOSTS");
  }

  private void assertStandsNowhere() throws IOException {
    List<String> forms = List.of(TOKEN, BASIC.substring(6));
    assertThat(fixture.arguments()).noneMatch(a -> forms.stream().anyMatch(a::contains));
    assertThat(fixture.said()).noneMatch(a -> forms.stream().anyMatch(a::contains));
    try (Stream<Path> files = Files.walk(temp.resolve("workspace"))) {
      for (Path file :
          files.filter(f -> Files.isRegularFile(f, LinkOption.NOFOLLOW_LINKS)).toList()) {
        assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
            .as(file.toString())
            .doesNotContain(forms);
      }
    }
  }

  private static GitSettings with(String... origins) {
    GitCredentials.Login login = new GitCredentials.Login("ci", TOKEN);
    Map<String, GitCredentials.Login> logins = new java.util.HashMap<>();
    Stream.of(origins).forEach(origin -> logins.put(origin, login));
    return new GitSettings(
        GitSettings.DEFAULT.protocols(),
        GitSettings.DEFAULT.hosts(),
        List.of(),
        Optional.empty(),
        new GitCredentials(logins, Map.of()),
        Proxies.NONE);
  }

  static String named(GitServer server, String name) {
    return server.url().replace("127.0.0.1", name + ".example.test");
  }

  private static void withSubmodule(GitServer server, String name, String address) {
    withSubmodule(server, name, address, "1".repeat(40));
  }

  static void withSubmodule(GitServer server, String name, String address, String commit) {
    server
        .create(name)
        .commitFiles(
            GitRepository.MAIN,
            Map.of(
                ".gitmodules",
                GitFile.text("[submodule \"lib\"]\n\tpath = lib\n\turl = " + address + "\n"),
                "lib",
                GitFile.submodule(commit)),
            "Add a submodule");
  }

  static String withLfs(GitServer server, String name, String address) throws Exception {
    return server
        .create(name)
        .commit(
            Map.of(
                ".gitattributes",
                "*.bin filter=lfs -text\n",
                ".lfsconfig",
                "[lfs]\n\turl = " + address + "\n",
                "large.bin",
                pointer()),
            "Add a large file");
  }

  static String pointer() {
    return "version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize %d\n"
        .formatted(oid(), CONTENT.length());
  }

  static Answer batch(String href) {
    return new Answer(
        200,
        "Content-Type: application/vnd.git-lfs+json",
        "{\"transfer\":\"basic\",\"objects\":[{\"oid\":\"%s\",\"size\":%d,\"actions\":{\"download\":{\"href\":\"%s\"}}}]}"
            .formatted(oid(), CONTENT.length(), href));
  }

  static String oid() {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256")
                  .digest(CONTENT.getBytes(StandardCharsets.UTF_8)));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
