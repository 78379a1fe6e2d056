package io.skypanel.worker;

import io.skypanel.worker.sandbox.Rehearsal;
import io.skypanel.worker.settings.DockerEndpoint;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the file by which the launcher starts the next worker sooner: what a start loads, as Java
 * keeps it. The launcher names it, where there is none for this jar and this Java. In a thread and
 * a process of its own, with what time the machine has left.
 *
 * @see <a href="https://openjdk.org/jeps/350">application class-data archives</a>, up to Java 24
 * @see <a href="https://openjdk.org/jeps/514">ahead-of-time caches</a>, from Java 25
 */
final class ClassArchive implements AutoCloseable {
  /** Names the file that is to be made. */
  static final String PROPERTY = "skypanel.class-archive";

  private static final String FOLDER = "class-archive";

  private static final Logger log = LoggerFactory.getLogger(ClassArchive.class);

  /** Builds that have waited for the start come first. */
  private static final Duration DELAY = Duration.ofSeconds(20);

  private static final int AHEAD_OF_TIME = 25;

  private static final String UNFINISHED = "unfinished-";

  /** Longer than any other worker of the folder can still be at it. */
  private static final Duration GIVEN_UP = Duration.ofHours(1);

  /**
   * It goes before the worker where memory runs out, and by itself should the worker be killed;
   * what the operator has for the worker's Java, such as a debugger's port, is not for it.
   */
  private static final String AT_LEISURE =
      "echo 1000 2>/dev/null >/proc/self/oom_score_adj; unset JDK_JAVA_OPTIONS JAVA_TOOL_OPTIONS;"
          + " exec timeout 360 nice -n 19 \"$@\"";

  private final Path jar;
  private final DockerEndpoint docker;
  private final Optional<Path> wanted;
  private final Thread thread = new Thread(this::makeLater, "class-archive");

  /**
   * @param jar what is started
   * @param docker the engine, which a start asks for its version
   * @param stateDir where it is made, and nowhere else: the launcher may have read another folder
   */
  ClassArchive(Path jar, DockerEndpoint docker, Path stateDir) {
    this.jar = jar;
    this.docker = docker;
    this.wanted =
        Optional.ofNullable(System.getProperty(PROPERTY))
            .map(Path::of)
            .filter(file -> stateDir.resolve(FOLDER).equals(file.getParent()));
    thread.setDaemon(true);
  }

  /** Begins, if the launcher wants one. */
  void begin() {
    if (wanted.isPresent()) {
      thread.start();
    }
  }

  private void makeLater() {
    try {
      Thread.sleep(DELAY.toMillis());
      make(wanted.orElseThrow());
    } catch (IOException e) {
      log.info("The next start takes as long as this one: {}", e.toString());
    } catch (InterruptedException theWorkerStops) {
      // the next one makes it
    }
  }

  private void make(Path file) throws IOException, InterruptedException {
    Path folder = file.getParent();
    Files.createDirectories(
        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    clear(folder);
    Path unfinished = folder.resolve(UNFINISHED + ProcessHandle.current().pid());
    Optional<String> problem = Rehearsal.run(java(unfinished), jar, docker);
    if (problem.isPresent()) {
      log.info("The next start takes as long as this one: in a rehearsal, {}", problem.get());
      return;
    }
    try (FileChannel channel = FileChannel.open(unfinished, StandardOpenOption.READ)) {
      channel.force(true);
    }
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    log.info("The next start takes less time, by {} ({} MB)", file, Files.size(file) >> 20);
  }

  /** What other versions have left. */
  private static void clear(Path folder) throws IOException {
    FileTime givenUp = FileTime.from(Instant.now().minus(GIVEN_UP));
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        boolean isAnothers =
            file.getFileName().toString().startsWith(UNFINISHED)
                && Files.getLastModifiedTime(file).compareTo(givenUp) > 0;
        if (!isAnothers) {
          Files.delete(file);
        }
      }
    }
  }

  /** This Java by the launcher's options, or it would take the archive for another's. */
  private static List<String> java(Path archive) {
    List<String> java = new ArrayList<>(List.of("/bin/sh", "-c", AT_LEISURE, "sh"));
    java.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("-X") && !argument.startsWith("-Xlog"))
        .forEach(java::add);
    java.add(
        Runtime.version().feature() >= AHEAD_OF_TIME
            ? "-XX:AOTCacheOutput=" + archive
            : "-XX:ArchiveClassesAtExit=" + archive);
    return java;
  }

  @Override
  public void close() throws InterruptedException {
    thread.interrupt();
    thread.join();
  }
}
