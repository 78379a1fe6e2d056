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
import io.skypanel.worker.process.ProgramRunner;
import io.skypanel.worker.settings.GitSettings;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class GitCheckoutIT {
  @TempDir Path temp;

  private final Said said = new Said();
  private final List<String> arguments = new CopyOnWriteArrayList<>();
  private final StopSignal stop = new StopSignal();
  private final ProgramRunner runner =
      (command, directory, environment, output, signal) -> {
        arguments.addAll(command);
        return new ProcessGroupRunner().run(command, directory, environment, output, signal);
      };
  private final GitCheckout checkout =
      new GitCheckout(
          runner,
          GitSettings.DEFAULT,
          System.getenv(),
          Resolver.SYSTEM,
          Set.of(),
          KeptCheckouts.NONE);
  private GitHttpServer server;
  private Path app;
  private String first;
  private String head;

  @BeforeEach
  void serveARepository() throws Exception {
    app = newRepository("app");
    first = commit(app, "index.js", "1");
    git(app, "branch", "feature/one");
    head = commit(app, "index.js", "2");
    server = new GitHttpServer(temp.resolve("served"));
  }

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void checksOutTheHeadOfTheBranchAtDepthOneAndSaysWhatItDid() throws Exception {
    Checkout done = fetch("app", "main", null);

    assertThat(done.directory().resolve("index.js")).hasContent("2");
    assertThat(done.commit())
        .isEqualTo(
            new Checkout.Commit(head, "Ann Ö <ann@example.com>", "Set index.js to 2\n\nBody"));
    assertThat(git(done.directory(), "rev-list", "--count", "HEAD")).isEqualTo("1");
    assertThat(git(done.directory(), "status", "--porcelain", "--branch"))
        .isEqualTo("## main...origin/main");
    assertThat(git(done.directory(), "remote", "get-url", "origin")).isEqualTo(server.url("app"));
    assertThat(said.all())
        .startsWith("CHECKOUT", "Cloning " + server.url("app") + " branch main")
        .endsWith(
            "Checked out "
                + head.substring(0, 12)
                + " \"Set index.js to 2\" by Ann Ö <ann@example.com>");
  }

  @Test
  void checksOutABranchWithASlash() throws Exception {
    assertThat(fetch("app", "feature/one", null).commit().sha()).isEqualTo(first);
  }

  @Test
  void checksOutACommitThatIsNoLongerTheHead() throws Exception {
    Checkout done = fetch("app", "main", first);

    assertThat(done.commit().sha()).isEqualTo(first);
    assertThat(done.directory().resolve("index.js")).hasContent("1");
    assertThat(git(done.directory(), "rev-list", "--count", "HEAD")).isEqualTo("1");
  }

  @Test
  void checksOutACommitThatNoBranchHasAnyMore() throws Exception {
    git(app, "reset", "-q", "--hard", first);
    commit(app, "index.js", "3");

    assertThat(fetch("app", "main", head).commit().sha()).isEqualTo(head);
  }

  @Test
  void checksOutACommitFromAServerThatHandsOutBranchesOnly() throws Exception {
    server.speakOldProtocol();

    assertThat(fetch("app", "main", first).commit().sha()).isEqualTo(first);
    assertThat(failure("app", "main", "0".repeat(39) + "1"))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("0".repeat(39) + "1 is not in " + server.url("app"));
  }

  @Test
  void namesTheBranchThatIsNotThere() {
    assertThat(failure("app", "nope", null))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessage("The branch nope is not in " + server.url("app") + "; push it or correct it");
  }

  @Test
  void namesTheCommitThatIsNotThere() {
    assertThat(failure("app", "main", "0".repeat(39) + "1"))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("The commit " + "0".repeat(39) + "1 is not in " + server.url("app"));
  }

  @Test
  void namesTheRepositoryThatIsNotThere() {
    assertThat(failure("absent", "main", null))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("The repository " + server.url("absent") + " was not found");
  }

  @Test
  void refusesABranchNameThatCouldBeAnOption() {
    assertThat(failure("app", "--upload-pack=touch x", null))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("'--upload-pack=touch x' is not one that git allows");
  }

  @Test
  void fetchesFromNoFileAndNoHelperProgram() {
    for (String url : List.of("file://" + app, app.toString(), "ext::sh -c touch% x")) {
      assertThat(catchThrowable(() -> checkout.fetch(build(url, "main", null))))
          .as(url)
          .isInstanceOf(BuildFailure.UserFault.class)
          .hasMessageContaining("use https or ssh");
    }
  }

  @Test
  void saysThatAPrivateRepositoryRefusedAccessWithoutOrWithAWrongCredential() throws Exception {
    newRepository("private/app");
    String wrong = server.url("private/app").replace("://", "://ann:wr0ngpass@");

    assertThat(failure("private/app", "main", null))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("Access to " + server.url("private/app") + " was refused");
    assertThat(catchThrowable(() -> checkout.fetch(build(wrong, "main", null))))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("Access to " + server.url("private/app") + " was refused");
    assertThat(said.all()).noneMatch(line -> line.contains("wr0ngpass"));
  }

  @Test
  void aCredentialServesRepositoryAndSubmoduleAndStandsNowhere() throws Exception {
    Path library = newRepository("private/library");
    commit(library, "lib.js", "lib");
    Path main = newRepository("private/app");
    Files.writeString(
        main.resolve(".gitmodules"),
        "[submodule \"library\"]\n\tpath = library\n\turl = ../library\n");
    git(main, "add", ".gitmodules");
    git(
        main,
        "update-index",
        "--add",
        "--cacheinfo",
        "160000," + git(library, "rev-parse", "HEAD") + ",library");
    git(main, "commit", "-qm", "Add the library");

    Checkout done =
        checkout.fetch(
            build(
                server
                    .url("private/app")
                    .replace(
                        "://",
                        "://"
                            + encode(GitHttpServer.USER)
                            + ":"
                            + encode(GitHttpServer.PASSWORD)
                            + "@"),
                "main",
                null));

    assertThat(done.directory().resolve("library/lib.js")).hasContent("lib");
    List<String> secrets =
        List.of(GitHttpServer.PASSWORD, encode(GitHttpServer.PASSWORD), GitHttpServer.USER);
    assertThat(arguments).noneMatch(a -> secrets.stream().anyMatch(a::contains));
    assertThat(said.all()).noneMatch(a -> secrets.stream().limit(2).anyMatch(a::contains));
    try (Stream<Path> files = Files.walk(temp.resolve("workspace"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String content = Files.readString(file, StandardCharsets.ISO_8859_1);
        assertThat(secrets.stream().limit(2)).as(file.toString()).noneMatch(content::contains);
      }
    }
  }

  @Test
  void checksOutASubmodulesOldCommitFromAServerThatHandsOutBranchesOnly() throws Exception {
    Path library = newRepository("library");
    String old = commit(library, "lib.js", "old");
    commit(library, "lib.js", "new");
    Files.writeString(
        app.resolve(".gitmodules"),
        "[submodule \"library\"]\n\tpath = library\n\turl = ../library\n");
    git(app, "add", ".gitmodules");
    git(app, "update-index", "--add", "--cacheinfo", "160000," + old + ",library");
    git(app, "commit", "-qm", "Add the library");
    server.speakOldProtocol();

    assertThat(fetch("app", "main", null).directory().resolve("library/lib.js")).hasContent("old");
  }

  @Test
  void blamesTheServerWhenNobodyListens() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    String url = "http://127.0.0.1:" + port + "/app";

    assertThat(catchThrowable(() -> checkout.fetch(build(url, "main", null))))
        .isInstanceOf(BuildFailure.WorkerFault.class)
        .hasMessageContaining("The server of " + url + " can't be reached");
  }

  @Test
  void stoppingEndsAFetchThatHangs() throws Exception {
    var run = CompletableFuture.supplyAsync(() -> failure("hanging/app", "main", null));
    server.awaitHangingRequest();

    stop.stop(new BuildFailure.Cancelled("cancelled"));

    assertThat(run.get()).isInstanceOf(BuildFailure.Cancelled.class);
    assertThat(
            ProcessHandle.allProcesses()
                .filter(p -> p.info().commandLine().orElse("").contains(server.url("hanging"))))
        .isEmpty();
  }

  @Test
  void anOlderWorkspaceOfTheSameNameIsReplacedAndTheRemoverTakesItAll() throws Exception {
    Path stale = Files.createDirectories(temp.resolve("workspace/source/stale"));
    Path outside = Files.writeString(temp.resolve("outside"), "kept");
    Files.createSymbolicLink(stale.resolve("link"), temp);
    git(temp, "-C", stale.toString(), "init", "-q");
    assertThat(new ProcessBuilder("chmod", "-R", "a-w", stale.toString()).start().waitFor())
        .isZero();

    Checkout done = fetch("app", "main", null);

    assertThat(done.directory().resolve("stale")).doesNotExist();
    new WorkspaceRemover(KeptCheckouts.NONE).remove(build(server.url("app"), "main", null));
    assertThat(temp.resolve("workspace")).doesNotExist();
    assertThat(outside).hasContent("kept");
  }

  private Checkout fetch(String path, String branch, String sha) throws BuildFailure {
    return checkout.fetch(build(server.url(path), branch, sha));
  }

  private Throwable failure(String path, String branch, String sha) {
    return catchThrowable(() -> fetch(path, branch, sha));
  }

  private Build build(String url, String branch, String sha) {
    BuildJob job =
        new BuildJob(
            "d1",
            "a1",
            "app",
            Optional.empty(),
            Optional.empty(),
            new GitSource(url, branch, Optional.ofNullable(sha)),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Map.of(),
            Map.of());
    return new Build(job, temp.resolve("workspace"), said, stop);
  }

  private Path newRepository(String name) throws IOException {
    Path directory = Files.createDirectories(temp.resolve("served").resolve(name));
    git(directory, "init", "-q", "-b", "main");
    commit(directory, "README", name);
    return directory;
  }

  private static String commit(Path directory, String file, String content) throws IOException {
    Files.writeString(directory.resolve(file), content);
    git(directory, "add", file);
    git(directory, "commit", "-qm", "Set " + file + " to " + content + "\n\nBody");
    return git(directory, "rev-parse", "HEAD");
  }

  private static String git(Path directory, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(List.of("git", "-c", "user.email=ann@example.com", "-c"));
    command.add("user.name=Ann \u00d6");
    command.addAll(List.of(arguments));
    ProcessBuilder git = new ProcessBuilder(command).directory(directory.toFile());
    git.environment().put("GIT_AUTHOR_NAME", "Ann \u00d6");
    Process process = git.redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      assertThat(process.waitFor()).as("git %s: %s", List.of(arguments), output).isZero();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return output.strip();
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
