package io.skypanel.worker.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ContextArchiveTest {
  @TempDir Path temp;
  private Path root;
  private final RecordedProgress progress = new RecordedProgress();

  @BeforeEach
  void makeRoot() throws IOException {
    root = Files.createDirectory(temp.resolve("root"));
  }

  @Test
  void sendsOwnerAndModeAlikeAndLinksAsLinksInOrder() throws Exception {
    sh(
        "mkdir -m 700 b; echo x > b/run; chmod 4770 b/run; echo y > a; chmod 604 a;"
            + " ln -s /etc/passwd b/link; ln -s ../gone b/é; mkfifo c; touch 'ü'");

    List<TarArchiveEntry> entries = entries(new DockerIgnore(List.of()));

    assertThat(entries)
        .extracting(
            e -> e.getName() + " " + Integer.toOctalString(e.getMode()) + " " + e.getLinkName())
        .containsExactly(
            "a 644 ",
            "b/ 755 ",
            "b/link 777 /etc/passwd",
            "b/run 755 ",
            "b/é 777 ../gone",
            "ü 644 ");
    assertThat(entries)
        .allMatch(
            e ->
                e.getLongUserId() == 0
                    && e.getLongGroupId() == 0
                    && e.getUserName().isEmpty()
                    && e.getGroupName().isEmpty());
    assertThat(progress.lines())
        .containsExactly("WARN c is a device, socket or pipe and is left out of the build context");
  }

  @Test
  void keepsNamesThatAreNoUtf8AndLongOnesByteByByte() throws Exception {
    sh("touch \"$(printf 'a\\377b')\"; mkdir -p $(printf '%0120d' 0)/$(printf '%0120d' 1)");
    sh("ln -s \"$(printf '\\376/c')\" link; ln -s \"$(printf '/\\375')\" root");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    archive(new DockerIgnore(List.of())).writeTo(bytes);

    Path tar = Files.write(temp.resolve("x.tar"), bytes.toByteArray());
    Files.createDirectory(temp.resolve("out"));
    sh("tar xf " + tar + " -C ../out && diff -r --no-dereference . ../out");
  }

  @Test
  void anExcludedFolderIsNotEvenOpened() throws Exception {
    sh("mkdir -p node_modules/x keep; touch node_modules/x/y keep/z; ln -s / node_modules/root");

    assertThat(entries(new DockerIgnore(List.of("node_modules"))))
        .extracting(TarArchiveEntry::getName)
        .containsExactly("keep/", "keep/z");
  }

  @Test
  void whatGoesToBuildKitBeginsWithAShortName() throws Exception {
    sh("touch $(printf '%0200d' 0)");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    ContextArchive.forBuildKit(root, new DockerIgnore(List.of()), progress).writeTo(bytes);

    assertThat(new String(bytes.toByteArray(), 0, 3, StandardCharsets.US_ASCII)).isEqualTo("./\0");
  }

  @Test
  void aFileThatVanishesIsNamedAndTheReaderFails() throws Exception {
    sh("mkdir a; touch a/1 a/2");
    OutputStream deleting =
        new OutputStream() {
          private int written;

          @Override
          public void write(int b) {}

          @Override
          public void write(byte[] b, int offset, int length) throws IOException {
            written += length;
            if (written > 50_000) {
              Files.deleteIfExists(root.resolve("a/2"));
            }
          }
        };

    ContextArchive large = archive(new DockerIgnore(List.of()));
    sh("head -c 100000 /dev/zero > a/1");

    assertThatThrownBy(() -> large.writeTo(deleting))
        .hasMessageContaining("a/2 can't be read for the build context");
  }

  @Test
  void theFailureOfTheWalkFailsTheReadingAfterAllThatCameBefore() throws Exception {
    sh("touch a");
    ContextArchive broken = archive(new DockerIgnore(List.of()));
    Files.delete(root.resolve("a"));
    Files.delete(root);

    try (ContextPipe pipe = ContextPipe.open(broken, "test")) {
      assertThatThrownBy(pipe::readAllBytes).hasMessageContaining("its root can't be read");
      assertThat(pipe.failure()).isPresent();
    }
  }

  @Test
  void aWriterThatRunsOutOfMemoryFailsTheReaderInsteadOfLettingItWait() throws Exception {
    sh("mkfifo pipe");
    RecordedProgress full = new RecordedProgress();
    full.onLine(
        line -> {
          throw new OutOfMemoryError("for the test");
        });

    try (ContextPipe pipe =
        ContextPipe.open(
            new ContextArchive(root, new DockerIgnore(List.of()), full), "memory-test")) {
      assertThatThrownBy(pipe::readAllBytes)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("for the test");
    }
  }

  @Test
  void closingEndsTheWriterThoughNobodyReads() throws Exception {
    sh("truncate -s 50M large");
    ContextPipe pipe = ContextPipe.open(archive(new DockerIgnore(List.of())), "closing-test");
    assertThat(pipe.read()).isEqualTo('l');

    pipe.close();

    await()
        .until(
            () ->
                Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(t -> t.getName().equals("context of closing-test")));
    assertThatThrownBy(pipe::readAllBytes).hasMessageContaining("closed");
    assertThat(pipe.failure()).isEmpty();
  }

  @Test
  void threeHundredMegabytesFitThroughASmallHeap() throws Exception {
    try (RandomAccessFile large = new RandomAccessFile(root.resolve("large").toFile(), "rw")) {
      large.setLength(300L << 20);
    }
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx16m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Drain.class.getName(),
                root.toString())
            .redirectErrorStream(true)
            .start();

    String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(output.strip()).isEqualTo(Long.toString((300L << 20) + 3 * 512));
    assertThat(child.waitFor()).isZero();
  }

  /** Reads a context to its end, in a JVM of its own. */
  static final class Drain {
    private Drain() {}

    public static void main(String[] arguments) throws IOException {
      ContextArchive archive =
          new ContextArchive(
              Path.of(arguments[0]), new DockerIgnore(List.of()), new RecordedProgress());
      try (ContextPipe pipe = ContextPipe.open(archive, "drain")) {
        System.out.println(pipe.transferTo(OutputStream.nullOutputStream()));
      }
    }
  }

  private ContextArchive archive(DockerIgnore ignore) {
    return new ContextArchive(root, ignore, progress);
  }

  private List<TarArchiveEntry> entries(DockerIgnore ignore) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    archive(ignore).writeTo(bytes);
    List<TarArchiveEntry> entries = new ArrayList<>();
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(new ByteArrayInputStream(bytes.toByteArray()), "UTF-8")) {
      TarArchiveEntry entry;
      while ((entry = tar.getNextEntry()) != null) {
        entries.add(entry);
      }
    }
    return entries;
  }

  private void sh(String script) throws Exception {
    Process process =
        new ProcessBuilder("sh", "-c", script)
            .directory(root.toFile())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
  }
}
