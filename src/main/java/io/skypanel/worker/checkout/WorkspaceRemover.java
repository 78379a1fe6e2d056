package io.skypanel.worker.checkout;

import io.skypanel.worker.disk.FolderRemoval;
import io.skypanel.worker.job.Build;
import java.nio.file.Path;
import org.apache.camel.Variable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The last step of a build: its workspace goes, however it ended. Thread-safe. */
public final class WorkspaceRemover {
  private static final Logger log = LoggerFactory.getLogger(WorkspaceRemover.class);

  private final KeptCheckouts kept;

  /**
   * @param kept the checkouts that stay
   */
  public WorkspaceRemover(KeptCheckouts kept) {
    this.kept = kept;
  }

  /**
   * Gives back the build's kept checkout, and deletes its workspace with all below it; symbolic
   * links are never followed. Never throws: what can't be deleted is logged, and left to clean-up.
   */
  public void remove(@Variable("build") Build build) {
    kept.release(build);
    removeFolder(build.workspace());
  }

  /** The same for a workspace that an earlier run of the worker left. */
  public void removeFolder(Path workspace) {
    try {
      new FolderRemoval(workspace).run();
    } catch (Throwable e) {
      // errors too: what comes next tells how the build ended, or lets the worker take others
      log.warn(
          "The workspace {} can't be removed and is left to the next clean-up: {}",
          workspace,
          e.toString());
    }
  }
}
