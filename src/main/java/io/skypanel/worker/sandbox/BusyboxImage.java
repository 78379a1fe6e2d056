package io.skypanel.worker.sandbox;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.BuildImageResultCallback;
import com.github.dockerjava.api.exception.NotFoundException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * The base image of the sample apps, made on this machine out of a statically linked busybox, so
 * that nothing needs a registry. It has a shell, {@code httpd}, {@code nc} and the other applets.
 */
public final class BusyboxImage {
  /** What a Dockerfile writes behind {@code FROM}. */
  public static final String NAME = "skypanel-sandbox/busybox:1";

  private static final List<Path> PLACES =
      List.of(Path.of("/bin/busybox"), Path.of("/usr/bin/busybox"));

  private BusyboxImage() {}

  /**
   * Makes the image unless the engine has it.
   *
   * @throws IllegalStateException if this machine has no busybox
   */
  public static void ensure(DockerClient docker) {
    try {
      docker.inspectImageCmd(NAME).exec();
    } catch (NotFoundException absent) {
      try (var context = new ByteArrayInputStream(context())) {
        docker
            .buildImageCmd(context)
            .withTags(Set.of(NAME))
            .exec(new BuildImageResultCallback())
            .awaitImageId();
      } catch (IOException e) {
        throw new UncheckedIOException("the sample base image can't be made", e);
      }
    }
  }

  private static byte[] context() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
      String dockerfile = "FROM scratch\nADD root.tar /\n";
      file(tar, "Dockerfile", dockerfile.getBytes(StandardCharsets.UTF_8), 0100644);
      file(tar, "root.tar", rootFileSystem(), 0100644);
    }
    return bytes.toByteArray();
  }

  private static byte[] rootFileSystem() throws IOException {
    Path busybox =
        PLACES.stream()
            .filter(Files::isExecutable)
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "busybox is not installed; run bin/docker-engine, or install the package"
                            + " busybox-static"));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
      for (String folder : List.of("bin/", "etc/", "tmp/", "root/", "proc/", "sys/", "dev/")) {
        TarArchiveEntry entry = new TarArchiveEntry(folder);
        entry.setMode(folder.equals("tmp/") ? 0041777 : 0040755);
        tar.putArchiveEntry(entry);
        tar.closeArchiveEntry();
      }
      file(tar, "bin/busybox", Files.readAllBytes(busybox), 0100755);
      file(
          tar,
          "etc/passwd",
          "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n"
              .getBytes(StandardCharsets.UTF_8),
          0100644);
      for (String applet : applets(busybox)) {
        TarArchiveEntry link = new TarArchiveEntry("bin/" + applet, TarArchiveEntry.LF_SYMLINK);
        link.setLinkName("busybox");
        tar.putArchiveEntry(link);
        tar.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }

  private static void file(TarArchiveOutputStream tar, String name, byte[] content, int mode)
      throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setMode(mode);
    entry.setSize(content.length);
    tar.putArchiveEntry(entry);
    tar.write(content);
    tar.closeArchiveEntry();
  }

  private static List<String> applets(Path busybox) throws IOException {
    Process list = new ProcessBuilder(busybox.toString(), "--list").start();
    try (Stream<String> lines = list.inputReader(StandardCharsets.UTF_8).lines()) {
      return lines.filter(a -> !a.equals("busybox")).toList();
    }
  }
}
