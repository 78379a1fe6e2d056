package io.skypanel.worker.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.skypanel.worker.settings.Reserves;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a file system with forty inodes; making one takes root, as does the engine of these tests. */
class ResourcesIT {
  @TempDir Path folder;

  private static void run(String... command) throws IOException, InterruptedException {
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
  }

  @BeforeEach
  void mount() throws Exception {
    run("mount", "-t", "tmpfs", "-o", "nr_inodes=40", "tmpfs", folder.toString());
  }

  @AfterEach
  void unmount() throws Exception {
    run("umount", folder.toString());
  }

  @Test
  void aDiskWithHardlyAnInodeLeftTakesNoBuild() throws Exception {
    assertThat(shortage()).isEmpty();

    for (int i = 1; i < 40; i++) {
      Files.createFile(folder.resolve("file-" + i));
    }

    assertThat(shortage()).contains("the disk of " + folder + " has hardly an inode left");
  }

  private String shortage() {
    return new Resources(new Reserves(1, 0, 1), List.of(folder)).shortage().orElse("");
  }
}
