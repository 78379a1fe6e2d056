package io.skypanel.worker.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FolderRemovalTest {
  @TempDir Path temp;
  private Path top;

  @BeforeEach
  void makeTop() throws IOException {
    top = Files.createDirectory(temp.resolve("top"));
  }

  @Test
  void aTreeGoesWithItsFilesWhoseBytesAreCounted() throws Exception {
    sh("mkdir -p a/b/c d 'e f'; printf xx > a/b/file; printf xxx > d/file; mkfifo a/pipe");
    sh("touch \"$(printf 'a\\nb')\" \"$(printf '\\377\\001')\" \"$(printf '%0255d' 0)\"");

    assertThat(remove(top)).isEqualTo(5);
    assertThat(top).doesNotExist();
  }

  @Test
  void linksAreRemovedAndNeverFollowed() throws Exception {
    Path precious = Files.createDirectory(temp.resolve("precious"));
    Files.writeString(precious.resolve("file"), "x");
    sh(
        "mkdir a; ln -s ../../precious a/link; ln -s ../precious link; ln -s / root; ln -s loop loop");

    assertThat(remove(top)).isZero();
    assertThat(top).doesNotExist();
    assertThat(precious.resolve("file")).hasContent("x");

    Path link = Files.createSymbolicLink(temp.resolve("link"), precious);
    remove(link);
    assertThat(link).doesNotExist();
    assertThat(precious.resolve("file")).hasContent("x");
  }

  @Test
  void foldersThatTheirOwnerClosedGoToo() throws Exception {
    sh("mkdir -p a/b/c d; touch a/b/c/file; chmod 0 a/b/c; chmod 111 a/b; chmod 555 a d .");

    remove(top);

    assertThat(top).doesNotExist();
  }

  @Test
  void whatIsNotThereIsNoError() throws Exception {
    assertThat(remove(temp.resolve("nothing"))).isZero();
  }

  @Test
  void whatCannotBeRemovedIsSaid() throws Exception {
    Path inAFile = Files.createFile(temp.resolve("file")).resolve("top");

    assertThatThrownBy(() -> remove(inAFile)).isInstanceOf(IOException.class);
  }

  /** Which git makes of a commit; a path may have 4,095 bytes. */
  @Test
  void pathsMayBeLongerThanTheSystemTakes() throws Exception {
    sh(deep("d/", 2_100));
    sh(deep("a-name-of-some-length/", 400));
    sh(deep("left/", 500) + "; " + deep("right/", 500));

    remove(top);

    assertThat(top).doesNotExist();
  }

  /** As little of both as an operator may leave it. */
  @Test
  void depthNeedsNeitherStackNorOpenFiles() throws Exception {
    sh(deep("d/", 1_900));
    sh(deep("e/", 6_000));

    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Process process =
        new ProcessBuilder(
                "sh",
                "-c",
                "ulimit -n 128; exec \"$@\"",
                "sh",
                java,
                "-Xss256k",
                "-cp",
                System.getProperty("java.class.path"),
                FolderRemovalTest.class.getName(),
                top.toString())
            .redirectErrorStream(true)
            .start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();

    assertThat(process.waitFor()).as(output).isZero();
    assertThat(top).doesNotExist();
  }

  /** Removes the named folder. */
  public static void main(String[] arguments) throws IOException {
    new FolderRemoval(Path.of(arguments[0])).run();
  }

  private static long remove(Path folder) throws IOException {
    FolderRemoval removal = new FolderRemoval(folder);
    removal.run();
    return removal.bytes();
  }

  /** Makes folders each in the last, as many at once as a path can name, and a file in the last. */
  private static String deep(String name, int levels) {
    int atOnce = 4000 / name.length();
    return "(left=%d; while [ $left -gt 0 ]; do n=$((left < %d ? left : %d)); left=$((left - n)); p=$(printf '%s%%.0s' $(seq $n)); mkdir -p $p; cd -P $p; done; touch end)"
        .formatted(levels, atOnce, atOnce, name);
  }

  private void sh(String script) throws Exception {
    Process process =
        new ProcessBuilder("bash", "-c", script).directory(top.toFile()).inheritIO().start();
    assertThat(process.waitFor()).isZero();
  }
}
