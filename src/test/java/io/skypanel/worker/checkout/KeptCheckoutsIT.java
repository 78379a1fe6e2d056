package io.skypanel.worker.checkout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.skypanel.worker.egress.Resolver;
import io.skypanel.worker.job.Build;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.Checkout;
import io.skypanel.worker.job.GitSource;
import io.skypanel.worker.job.StopSignal;
import io.skypanel.worker.process.ProcessGroupRunner;
import io.skypanel.worker.settings.GitCredentials;
import io.skypanel.worker.settings.GitSettings;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptCheckoutsIT {
  @TempDir Path temp;

  private GitHttpServer server;
  private Path repository;
  private KeptCheckouts kept;
  private GitCheckout checkout;
  private int builds;

  @BeforeEach
  void serveARepository() throws Exception {
    repository = Files.createDirectories(temp.resolve("served/app"));
    git("init", "-q", "-b", "main");
    commit("same.txt", "same");
    commit("index.html", "1");
    server = new GitHttpServer(temp.resolve("served"));
    open(1 << 30);
  }

  private void open(long maxBytes) {
    kept = new KeptCheckouts(temp.resolve("cache"), maxBytes, GitCredentials.NONE);
    checkout =
        new GitCheckout(
            new ProcessGroupRunner(GitCheckout.MEMORY_GB),
            GitSettings.DEFAULT,
            System.getenv(),
            Resolver.SYSTEM,
            Set.of(),
            kept);
  }

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void theNextBuildOfAnAppWritesOnlyWhatHasChanged() throws Exception {
    Checkout first = built("app", "main");
    Object untouched = Files.getLastModifiedTime(first.directory().resolve("same.txt"));
    Files.writeString(first.directory().resolve("left-behind"), "x");
    Files.writeString(first.directory().resolve("index.html"), "changed by a hook");
    commit("index.html", "2");

    Checkout second = built("app", "main");

    assertThat(second.directory()).isEqualTo(first.directory());
    assertThat(second.directory().resolve("index.html")).hasContent("2");
    assertThat(second.directory().resolve("left-behind")).doesNotExist();
    assertThat(Files.getLastModifiedTime(second.directory().resolve("same.txt")))
        .isEqualTo(untouched);
    assertThat(second.commit().sha()).isEqualTo(git("rev-parse", "HEAD"));
    assertThat(in(second, "rev-list", "--count", "HEAD")).isEqualTo("1");
    assertThat(in(second, "status", "--porcelain")).isEmpty();
  }

  @Test
  void anEarlierCommitOrAnotherBranchIsCheckedOutAsWell() throws Exception {
    String old = git("rev-parse", "HEAD");
    git("branch", "other");
    commit("index.html", "2");
    built("app", "main");

    assertThat(built("app", "main", old).directory().resolve("index.html")).hasContent("1");
    assertThat(built("app", "other").commit().sha()).isEqualTo(old);
    assertThat(built("app", "main").directory().resolve("index.html")).hasContent("2");
  }

  @Test
  void otherAttributesCountForFilesThatHaveNotChanged() throws Exception {
    commit("lines.txt", "a\nb\n");
    built("app", "main");
    commit(".gitattributes", "lines.txt text eol=crlf\n");

    Checkout second = built("app", "main");

    assertThat(Files.readString(second.directory().resolve("lines.txt"))).isEqualTo("a\r\nb\r\n");
  }

  @Test
  void whatIsBrokenIsMadeAnew() throws Exception {
    Path directory = built("app", "main").directory();
    Files.writeString(directory.resolve(".git/index.lock"), "");
    assertThat(built("app", "main").directory().resolve(".git/index.lock")).doesNotExist();

    Files.writeString(directory.resolve(".git/HEAD"), "nonsense");
    assertThat(built("app", "main").directory().resolve("index.html")).hasContent("1");

    Files.delete(directory.resolve(".git/index"));
    Files.delete(directory.resolve("same.txt"));
    assertThat(built("app", "main").directory().resolve("same.txt")).hasContent("same");
  }

  @Test
  void whoeverMayNoLongerFetchGetsNothing() throws Exception {
    String sha = built("app", "main").commit().sha();
    Files.move(repository, repository.resolveSibling("gone"));

    // of a commit that is there, too
    for (String wanted : new String[] {null, sha}) {
      assertThat(catchThrowable(() -> built("app", "main", wanted)))
          .isInstanceOf(BuildFailure.UserFault.class)
          .hasMessageContaining("was not found");
    }
  }

  @Test
  void anotherAppOfTheSameRepositoryAndASecondBuildHaveTheirOwn() throws Exception {
    Build running = build("app", "main", null);
    Path first = checkout.fetch(running).directory();

    Path second = built("app", "main").directory();
    Path other = built("other-app", "main").directory();

    assertThat(List.of(second, other)).doesNotContain(first).doesNotHaveDuplicates();
    assertThat(second).startsWith(temp.resolve("builds"));
    kept.release(running);
    assertThat(built("app", "main").directory()).isEqualTo(first);
  }

  @Test
  void submodulesAreFetchedAnewEachTime() throws Exception {
    commit(".gitmodules", "");

    Checkout first = built("app", "main");
    Files.writeString(first.directory().resolve(".git/seen"), "");

    assertThat(built("app", "main").directory().resolve(".git/seen")).doesNotExist();
  }

  @Test
  void whatWasUsedTheLongestAgoGoesFirst() throws Exception {
    Path first = built("first", "main").directory();
    Path second = built("second", "main").directory();
    Build running = build("third", "main", null);
    Path third = checkout.fetch(running).directory();
    built("first", "main");

    long one = bytes(first.getParent());
    open(2 * one + one / 2);
    assertThat(kept.trim(false)).isPositive();

    assertThat(second).doesNotExist();
    assertThat(first).exists();
    assertThat(third).exists();
  }

  @Test
  void anotherWorkerTakesNothingAwayThatABuildHas() throws Exception {
    Path unused = built("unused", "main").directory();
    Build running = build("app", "main", null);
    Path used = checkout.fetch(running).directory();
    // another build of the app looks whether it may have it
    built("app", "main");

    trimInAnotherProcess();

    assertThat(unused).doesNotExist();
    assertThat(used.resolve("index.html")).exists();
    kept.release(running);
    trimInAnotherProcess();
    assertThat(used).doesNotExist();
  }

  private void trimInAnotherProcess() throws Exception {
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                KeptCheckoutsIT.class.getName(),
                temp.resolve("cache").toString())
            .inheritIO()
            .start();
    assertThat(other.waitFor()).isZero();
  }

  /** Another worker whose disk is short. */
  public static void main(String[] arguments) {
    new KeptCheckouts(Path.of(arguments[0]), 1 << 30, GitCredentials.NONE).trim(true);
  }

  @Test
  void whatWasNotFinishedIsMadeAnew() throws Exception {
    Path directory = built("app", "main").directory();
    Path seen = Files.writeString(directory.resolve(".git/seen"), "");
    // as a worker leaves it that is killed while files are fetched
    Files.delete(directory.resolveSibling("whole"));

    assertThat(built("app", "main").directory()).isEqualTo(directory);
    assertThat(seen).doesNotExist();
  }

  @Test
  void whatUpdatesHaveMadeMuchLargerIsMadeAnew() throws Exception {
    Path directory = built("app", "main").directory();
    Path large = directory.resolve(".git/objects/large");
    try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) {
      file.setLength(15 << 20);
    }
    built("app", "main");
    assertThat(large).exists();
    try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) {
      file.setLength(18 << 20);
    }

    built("app", "main");
    assertThat(large).doesNotExist();
  }

  private static long bytes(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }

  @Test
  void withoutRoomNothingIsKept() throws Exception {
    open(0);

    assertThat(built("app", "main").directory()).startsWith(temp.resolve("builds"));
    assertThat(temp.resolve("cache")).doesNotExist();
  }

  private Checkout built(String app, String branch) throws BuildFailure {
    return built(app, branch, null);
  }

  private Checkout built(String app, String branch, String sha) throws BuildFailure {
    Build build = build(app, branch, sha);
    try {
      return checkout.fetch(build);
    } finally {
      kept.release(build);
    }
  }

  private Build build(String app, String branch, String sha) {
    String id = "d" + ++builds;
    BuildJob job =
        new BuildJob(
            id,
            app,
            app,
            Optional.empty(),
            Optional.empty(),
            new GitSource(server.url("app"), branch, Optional.ofNullable(sha)),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Map.of(),
            Map.of());
    return new Build(job, temp.resolve("builds").resolve(id), new Said(), new StopSignal());
  }

  private void commit(String file, String content) throws IOException {
    Files.writeString(repository.resolve(file), content);
    git("add", file);
    git("-c", "user.email=a@b", "-c", "user.name=Ann", "commit", "-qm", "Set " + file);
  }

  private String git(String... arguments) throws IOException {
    return run(repository, arguments);
  }

  private static String in(Checkout checkout, String... arguments) throws IOException {
    return run(checkout.directory(), arguments);
  }

  private static String run(Path directory, String... arguments) throws IOException {
    ProcessBuilder git = new ProcessBuilder("git").directory(directory.toFile());
    git.command().addAll(List.of(arguments));
    Process process = git.redirectErrorStream(true).start();
    return new String(process.getInputStream().readAllBytes()).strip();
  }
}
