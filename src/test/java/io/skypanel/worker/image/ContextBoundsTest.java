package io.skypanel.worker.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skypanel.worker.disk.FolderRemoval;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.StopSignal;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ContextBoundsTest {
  private static final long MAX_BYTES = 1 << 20;
  private static final int MAX_FILES = 1000;

  @TempDir Path temp;
  private Path root;
  private final StopSignal stop = new StopSignal();

  @BeforeEach
  void makeRoot() throws IOException {
    root = Files.createDirectory(temp.resolve("root"));
  }

  /** Long before JUnit would have looked up where each of a deep tree's paths leads. */
  @AfterEach
  void removeRoot() throws IOException {
    new FolderRemoval(root).run();
  }

  @Test
  void namesSizeLimitAndTheBiggestFolder() throws Exception {
    sh("mkdir -p a/b c d; truncate -s 900K a/b/file; truncate -s 100K c/file; truncate -s 90K d/x");

    assertThatThrownBy(() -> check(List.of()))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("more than 1 MB (MAX_CONTEXT_MB)")
        .hasMessageContaining("a (0.9 MB)")
        .hasMessageContaining(".dockerignore");
    check(List.of("a"));
  }

  @Test
  void aFileWithHolesCountsInFullHoweverLarge() throws Exception {
    sh("truncate -s 15T one; truncate -s 15T two; ln -s one link");

    assertThatThrownBy(() -> check(List.of())).hasMessageContaining("MAX_CONTEXT_MB");
    check(List.of("one", "two"));
  }

  @Test
  void filesFoldersAndLinksAreCountedButNotWhatIsIgnored() throws Exception {
    sh("mkdir many; cd many; seq 1001 | xargs touch");

    assertThatThrownBy(() -> check(List.of()))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("more than 1000 files")
        .hasMessageContaining("many");
    check(List.of("many"));
    check(List.of("many/1*"));
  }

  /** As buildx goes there, and sends what it finds. */
  @Test
  void foldersThatAreLeftOutCountWhereAnExceptionHasAWildcard() throws Exception {
    sh("mkdir -p a/b; truncate -s 900K a/b/big1; truncate -s 900K a/b/big2");

    assertThatThrownBy(() -> check(List.of("*", "!**/big*")))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("MAX_CONTEXT_MB");
    assertThatThrownBy(() -> check(List.of("*", "!**ig2", "!**ig1")))
        .hasMessageContaining("MAX_CONTEXT_MB");
    check(List.of("*", "!big*"));
    bounds(List.of("*", "!**/big*")).check(ContextBounds.Sender.WORKER, stop);
  }

  @Test
  void rulesThatTakeTooLongForSoManyFilesAreRefused() throws Exception {
    sh("name=$(printf 'a%.0s' $(seq 200)); for i in $(seq 400); do touch ${name}b$i; done");
    List<String> rules = Collections.nCopies(1000, "b" + "?*".repeat(20) + "a");

    assertThatThrownBy(() -> check(rules))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining(".dockerignore takes too long")
        .hasMessageContaining("wildcards");
    check(rules.subList(0, 50));
  }

  @Test
  void linksAreNotFollowed() throws Exception {
    sh("truncate -s 5M ../outside; ln -s ../outside file; ln -s / root; ln -s . loop");

    check(List.of());
  }

  @Test
  void whatIsNoFileIsRefusedByNameUnlessItIsLeftOut() throws Exception {
    sh("mkdir a; mkfifo a/pipe");

    assertThatThrownBy(() -> check(List.of()))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("a/pipe is a device, socket or pipe");
    check(List.of("**/pipe"));
    bounds(List.of()).check(ContextBounds.Sender.WORKER, stop);
  }

  @Test
  void bitsThatChangeTheUserAreTakenAwayAndNoOthers() throws Exception {
    sh("touch a b; mkdir c; chmod 6751 a; chmod 604 b; chmod 3770 c; ln -s a link");

    check(List.of());

    assertThat(mode("a")).isEqualTo(0751);
    assertThat(mode("b")).isEqualTo(0604);
    assertThat(mode("c")).isEqualTo(0770);
  }

  @Test
  void aStopEndsTheCount() throws Exception {
    BuildFailure why = new BuildFailure.Cancelled("cancelled");
    stop.stop(why);

    assertThatThrownBy(() -> check(List.of())).isSameAs(why);
  }

  @Test
  void deepTreesAndOddNamesFitTheSmallestStack() throws Exception {
    sh(
        "touch \"$(printf 'a\\nb')\" \"$(printf '\\377\\001')\" \"$(printf '%0255d' 0)\";"
            + " p=$(printf 'a/%.0s' $(seq 256)); mkdir -p $p; touch $p/end");
    DockerIgnore ignore = new DockerIgnore(List.of("**/x", "!**/y", "b*/**/c"));

    onSmallStack(
        () ->
            new ContextBounds(root, ignore, MAX_BYTES, 10_000)
                .check(ContextBounds.Sender.PROGRAM, stop));

    onSmallStack(
        () ->
            new ContextArchive(root, new DockerIgnore(List.of()), new RecordedProgress())
                .writeTo(OutputStream.nullOutputStream()));
  }

  /** Far deeper than the bounds allow, since so few levels would fit by recursion too. */
  @Test
  void archivesAreWalkedWithoutRecursion() throws Exception {
    sh("p=$(printf 'a/%.0s' $(seq 1800)); mkdir -p $p; touch $p/end");
    // without the folders themselves: the library takes long for each long name
    DockerIgnore ignore = new DockerIgnore(List.of("a", "!" + "a/".repeat(1800) + "end"));
    ContextArchive archive = new ContextArchive(root, ignore, new RecordedProgress());

    onSmallStack(() -> archive.writeTo(OutputStream.nullOutputStream()));

    assertThat(archive.files()).isEqualTo(1);
  }

  @Test
  void foldersDeeperThanAnyBuildNeedsAreTheUsersFault() throws Exception {
    sh("p=$(printf 'a/%.0s' $(seq 257)); mkdir -p deep/$p");

    assertThatThrownBy(() -> check(List.of()))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("nested more than 256 deep in deep");
    check(List.of("deep"));
  }

  @Test
  void aTreeThatIsTooDeepToBeReadIsTheUsersFault() throws Exception {
    sh(
        "n=$(printf '%0200d' 0); for i in 1 2 3; do p=$(printf \"$n/%.0s\" $(seq 10));"
            + " mkdir -p $p; cd -P $p; done");

    assertThatThrownBy(() -> check(List.of()))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("lies too deep");
  }

  @Test
  void manyPatternsOnManyFilesTakeTimeInProportion() throws Exception {
    sh("mkdir -p a/a/a/a; cd a/a/a/a; seq 900 | xargs touch");
    List<String> patterns =
        java.util.stream.IntStream.range(0, 500).mapToObj(i -> "**/a*/**/*a*/**/b" + i).toList();

    check(patterns);
  }

  private interface Action {
    void run() throws Exception;
  }

  private static void onSmallStack(Action action) throws Exception {
    CompletableFuture<Void> done = new CompletableFuture<>();
    Runnable run =
        () -> {
          try {
            action.run();
            done.complete(null);
          } catch (Exception | StackOverflowError e) {
            done.completeExceptionally(e);
          }
        };
    new Thread(null, run, "small stack", 256 << 10).start();
    done.get(50, TimeUnit.SECONDS);
  }

  private void check(List<String> ignored) throws BuildFailure {
    bounds(ignored).check(ContextBounds.Sender.PROGRAM, stop);
  }

  private ContextBounds bounds(List<String> ignored) {
    return new ContextBounds(root, new DockerIgnore(ignored), MAX_BYTES, MAX_FILES);
  }

  private int mode(String name) throws IOException {
    return (Integer) Files.getAttribute(root.resolve(name), "unix:mode") & 07777;
  }

  private void sh(String script) throws Exception {
    Process process =
        new ProcessBuilder("bash", "-c", script).directory(root.toFile()).inheritIO().start();
    assertThat(process.waitFor()).isZero();
  }
}
