package io.skypanel.worker.status;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds out which process listens on a port, as far as Linux shows it to this user. */
final class PortOwner {
  private static final String LISTENING = "0A";

  private PortOwner() {}

  /** Such as {@code process 123 (nginx)}; empty if it can't be seen. */
  static Optional<String> of(int port) {
    return inode(port).flatMap(PortOwner::process).map(PortOwner::describe);
  }

  /** The listening socket's inode, from a table with columns: number, local address, …, inode. */
  private static Optional<String> inode(int port) {
    String suffix = String.format(Locale.ROOT, ":%04X", port);
    for (Path table : List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"))) {
      try (Stream<String> lines = Files.lines(table)) {
        Optional<String> inode =
            lines
                .map(line -> line.strip().split("\\s+"))
                .filter(c -> c.length > 9 && c[1].endsWith(suffix) && c[3].equals(LISTENING))
                .map(c -> c[9])
                .findFirst();
        if (inode.isPresent()) {
          return inode;
        }
      } catch (IOException | UncheckedIOException unreadable) {
        // not Linux, or not for this user
      }
    }
    return Optional.empty();
  }

  private static Optional<Long> process(String inode) {
    Path socket = Path.of("socket:[" + inode + "]");
    return ProcessHandle.allProcesses()
        .map(ProcessHandle::pid)
        .filter(pid -> holds(pid, socket))
        .findFirst();
  }

  private static boolean holds(long pid, Path socket) {
    try (Stream<Path> files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      return files.anyMatch(file -> isLinkTo(file, socket));
    } catch (IOException | UncheckedIOException notOurs) {
      return false;
    }
  }

  private static boolean isLinkTo(Path file, Path socket) {
    try {
      return Files.readSymbolicLink(file).equals(socket);
    } catch (IOException closedMeanwhile) {
      return false;
    }
  }

  private static String describe(long pid) {
    try {
      return "process "
          + pid
          + " ("
          + Files.readString(Path.of("/proc/" + pid + "/comm")).strip()
          + ")";
    } catch (IOException gone) {
      return "process " + pid;
    }
  }
}
