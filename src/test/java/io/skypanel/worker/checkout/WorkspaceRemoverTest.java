package io.skypanel.worker.checkout;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkspaceRemoverTest {
  @TempDir Path temp;

  @Test
  void aWorkspaceGoesWithAllBelowIt() throws Exception {
    Path workspace = temp.resolve("workspace");
    Files.createDirectories(workspace.resolve("d/".repeat(300)));

    new WorkspaceRemover(KeptCheckouts.NONE).removeFolder(workspace);

    assertThat(workspace).doesNotExist();
  }

  @Test
  void whatCannotBeRemovedIsLeftWithoutAnError() throws Exception {
    Path file = Files.createFile(temp.resolve("file"));

    new WorkspaceRemover(KeptCheckouts.NONE).removeFolder(file.resolve("workspace"));
    new WorkspaceRemover(KeptCheckouts.NONE).removeFolder(null);

    assertThat(file).exists();
  }
}
