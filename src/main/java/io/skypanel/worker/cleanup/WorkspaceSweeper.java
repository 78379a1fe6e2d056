package io.skypanel.worker.cleanup;

import io.skypanel.worker.disk.FolderRemoval;
import io.skypanel.worker.job.ImageRef;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes workspaces that no running build owns, such as a killed worker's. Only folders that have
 * a workspace's kind of name: what begins with a dot, or has other characters than {@link
 * ImageRef#clean} leaves, is somebody else's. Symbolic links are removed, never followed.
 */
public final class WorkspaceSweeper {
  private static final Logger log = LoggerFactory.getLogger(WorkspaceSweeper.class);
  private static final Duration OLD = Duration.ofHours(1);

  private final Path workspaceDir;
  private final Predicate<Path> active;
  private final Clock clock;

  /**
   * Sweeps {@code workspaceDir}.
   *
   * @param active whether a running build owns the workspace; must not block
   */
  public WorkspaceSweeper(Path workspaceDir, Predicate<Path> active, Clock clock) {
    this.workspaceDir = workspaceDir;
    this.active = active;
    this.clock = clock;
  }

  /** Removes them now; one that can't be removed is warned of and left. */
  public Tally sweep() {
    Tally tally = Tally.NONE;
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(workspaceDir, this::isLeftover)) {
      for (Path folder : folders) {
        tally = tally.plus(remove(folder));
      }
    } catch (IOException | DirectoryIteratorException e) {
      log.warn("WORKSPACE_DIR {} can't be read: {}", workspaceDir, e.toString());
    }
    return tally;
  }

  private boolean isLeftover(Path folder) {
    String name = folder.getFileName().toString();
    return hasWorkspaceName(name)
        && Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
        && isOld(folder)
        && !active.test(folder);
  }

  private boolean isOld(Path folder) {
    try {
      return Files.getLastModifiedTime(folder, LinkOption.NOFOLLOW_LINKS)
          .toInstant()
          .isBefore(clock.instant().minus(OLD));
    } catch (IOException gone) {
      // a build that ends just now removes its own
      return false;
    }
  }

  private static boolean hasWorkspaceName(String name) {
    boolean cleanable = name.matches(".*[a-zA-Z0-9].*");
    return cleanable && ImageRef.clean(name).equals(name);
  }

  private static Tally remove(Path folder) {
    FolderRemoval removal = new FolderRemoval(folder);
    try {
      removal.run();
      return Tally.ofWorkspaces(1, removal.bytes());
    } catch (IOException e) {
      log.warn("Workspace {} can't be removed: {}", folder, e.toString());
      return Tally.ofWorkspaces(0, removal.bytes());
    }
  }
}
