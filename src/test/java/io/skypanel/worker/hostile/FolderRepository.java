package io.skypanel.worker.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Makes bare repositories out of folders, by git itself. */
public final class FolderRepository {
  private FolderRepository() {}

  /** Commits what an attack writes to {@code main} of a new bare repository. */
  public static void make(HostileContent content, Path scratch, Path bare) throws IOException {
    Path folder = Files.createDirectory(scratch.resolve(content.name()));
    content.filling().into(folder);
    git(folder, "init", "-q", "-b", "main");
    git(folder, "add", "-A", "-f");
    git(folder, "-c", "user.name=A", "-c", "user.email=a@b", "commit", "-q", "-m", content.name());
    git(folder, "clone", "-q", "--bare", ".", bare.toString());
  }

  private static void git(Path folder, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(List.of(arguments));
    try {
      Process git = new ProcessBuilder(command).directory(folder.toFile()).inheritIO().start();
      assertThat(git.waitFor()).as(String.join(" ", command)).isZero();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
