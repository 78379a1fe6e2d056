package io.skypanel.worker.checkout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.Checkout;
import io.skypanel.worker.sandbox.GitFile;
import io.skypanel.worker.sandbox.GitRepository;
import io.skypanel.worker.sandbox.GitServer;
import io.skypanel.worker.settings.GitCredentials;
import io.skypanel.worker.settings.GitProtocol;
import io.skypanel.worker.settings.GitSettings;
import io.skypanel.worker.settings.Proxies;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Against OpenSSH's own server. */
@Timeout(60)
class GitSshIT {
  @TempDir Path temp;

  private SshServer ssh;
  private GitServer repositories;
  private CheckoutFixture fixture;
  private String url;

  @BeforeEach
  void serve() throws Exception {
    ssh = new SshServer(temp.resolve("ssh"));
    repositories = GitServer.open();
    String library =
        repositories.create("library").commit(Map.of("lib.js", "lib"), "Add the library");
    GitRepository app = repositories.create("app");
    app.commitFiles(
        GitRepository.MAIN,
        Map.of(
            "index.js", GitFile.text("app"),
            ".gitmodules",
                GitFile.text("[submodule \"lib\"]\n\tpath = lib\n\turl = ../library.git\n"),
            "lib", GitFile.submodule(library)),
        "Add the app");
    url = ssh.url(repositories.repositories().resolve("app.git"));
    fixture = new CheckoutFixture(temp.resolve("workspace"));
  }

  @AfterEach
  void close() {
    ssh.close();
    repositories.close();
  }

  @Test
  void fetchesRepositoryAndSubmoduleFromAHostWhoseKeyIsKnown() throws Exception {
    Checkout done = fixture.fetch(url, settings(Optional.of(ssh.knownHosts("host")), "git"));

    assertThat(done.directory().resolve("index.js")).hasContent("app");
    assertThat(done.directory().resolve("lib/lib.js")).hasContent("lib");
    List<String> key = Files.readAllLines(ssh.userKey());
    try (Stream<Path> files = Files.walk(temp.resolve("workspace"))) {
      for (Path file :
          files.filter(f -> Files.isRegularFile(f, LinkOption.NOFOLLOW_LINKS)).toList()) {
        assertThat(Files.readString(file, StandardCharsets.ISO_8859_1)).doesNotContain(key.get(1));
      }
    }
  }

  @Test
  void refusesAHostWhoseKeyIsNotKnown() {
    assertThat(catchThrowable(() -> fixture.fetch(url, settings(Optional.empty(), "git"))))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("The ssh host key of ssh://git.example.test:")
        .hasMessageContaining("is not known to this worker")
        .hasMessageContaining("GIT_KNOWN_HOSTS");
  }

  @Test
  void refusesAHostWhoseKeyHasChanged() throws Exception {
    ssh.makeKey("other");

    assertThat(
            catchThrowable(
                () -> fixture.fetch(url, settings(Optional.of(ssh.knownHosts("other")), "git"))))
        .isInstanceOf(BuildFailure.WorkerFault.class)
        .hasMessageContaining("has another host key than this worker knows")
        .hasMessageContaining("GIT_KNOWN_HOSTS");
  }

  @Test
  void offersAKeyToItsOwnHostAlone() {
    assertThat(
            catchThrowable(
                () -> fixture.fetch(url, settings(Optional.of(ssh.knownHosts("host")), "other"))))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("was refused");
  }

  @Test
  void checksTheAddressOfAnSshHostTooAndTheProtocol() throws Exception {
    GitSettings known = settings(Optional.of(ssh.knownHosts("host")), "git");
    assertThat(
            catchThrowable(
                () ->
                    fixture.fetch(
                        url, known, name -> List.of(InetAddress.getByName("169.254.169.254")))))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("git.example.test is never fetched from: 169.254.169.254");

    GitSettings httpsOnly =
        new GitSettings(
            EnumSet.of(GitProtocol.HTTPS),
            known.hosts(),
            List.of(),
            known.knownHosts(),
            known.credentials(),
            known.proxies());
    assertThat(catchThrowable(() -> fixture.fetch(url, httpsOnly)))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("git.example.test is not fetched from by ssh")
        .hasMessageContaining("GIT_ALLOWED_PROTOCOLS has https");
  }

  @Test
  void largeFilesComeFromWhereTheSshServerSaysByTheHeaderThatItGives() throws Exception {
    RecordingHost[] self = new RecordingHost[1];
    try (RecordingHost lfs =
        new RecordingHost(
            r ->
                r.path().endsWith("/objects/batch")
                    ? GitHostsIT.batch(self[0].url("lfs") + "/object")
                    : new RecordingHost.Answer(200, "X: y", GitHostsIT.CONTENT))) {
      self[0] = lfs;
      repositories
          .create("large")
          .commit(
              Map.of(
                  ".gitattributes", "*.bin filter=lfs -text\n", "large.bin", GitHostsIT.pointer()),
              "Add a large file");
      Path large = repositories.repositories().resolve("large.git");
      ssh.program(
          "git-lfs-authenticate",
          "test \"$*\" = '%s download' || exit 1\necho '%s'"
              .formatted(
                  large,
                  "{\"href\": \"%s/lfs\", \"header\": {\"Authorization\": \"RemoteAuth x1\"}}"
                      .formatted(lfs.url("lfs"))));

      Checkout done =
          fixture.fetch(ssh.url(large), settings(Optional.of(ssh.knownHosts("host")), "git"));

      assertThat(done.directory().resolve("large.bin")).hasContent(GitHostsIT.CONTENT);
      assertThat(lfs.requests().get(0).path()).isEqualTo("/lfs/objects/batch");
      assertThat(lfs.requests().get(0).authorization()).contains("RemoteAuth x1");
    }
  }

  private GitSettings settings(Optional<Path> knownHosts, String host) {
    return new GitSettings(
        GitSettings.DEFAULT.protocols(),
        GitSettings.DEFAULT.hosts(),
        List.of(),
        knownHosts,
        new GitCredentials(Map.of(), Map.of(host + ".example.test", ssh.userKey())),
        Proxies.NONE);
  }
}
