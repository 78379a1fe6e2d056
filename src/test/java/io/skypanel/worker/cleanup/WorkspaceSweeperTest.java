package io.skypanel.worker.cleanup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkspaceSweeperTest {
  @TempDir Path folder;
  private Path workspaces;

  @BeforeEach
  void start() throws IOException {
    workspaces = Files.createDirectory(folder.resolve("workspaces"));
  }

  @Test
  void removesWorkspacesOlderThanAnHourThatNoBuildOwns() throws Exception {
    Path old = workspace(UUID.randomUUID().toString(), Duration.ofMinutes(61));
    Path young = workspace(UUID.randomUUID().toString(), Duration.ofMinutes(59));
    Path active = workspace(UUID.randomUUID().toString(), Duration.ofDays(1));

    Tally tally = sweep(Set.of(active));

    assertThat(old).doesNotExist();
    assertThat(young).exists();
    assertThat(active).exists();
    assertThat(tally).isEqualTo(Tally.ofWorkspaces(1, "content".length()));
  }

  @Test
  void neverFollowsASymbolicLink() throws Exception {
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    Path precious = Files.writeString(elsewhere.resolve("precious"), "x");
    Files.setLastModifiedTime(elsewhere, FileTime.from(Instant.EPOCH));
    Path link = Files.createSymbolicLink(workspaces.resolve("linked"), elsewhere);
    Path old = workspace("old", Duration.ofDays(1));
    Files.createSymbolicLink(old.resolve("inside"), elsewhere);
    age(old, Duration.ofDays(1));

    sweep(Set.of());

    assertThat(old).doesNotExist();
    assertThat(link).exists();
    assertThat(precious).exists();
  }

  @Test
  void leavesFilesAndFoldersThatAreNoWorkspaces() throws Exception {
    Path dotted = workspace(".cache", Duration.ofDays(1));
    Path other = workspace("systemd_Private", Duration.ofDays(1));
    Path file = Files.writeString(workspaces.resolve("file"), "x");
    age(file, Duration.ofDays(1));

    assertThat(sweep(Set.of()).isEmpty()).isTrue();
    assertThat(dotted).exists();
    assertThat(other).exists();
    assertThat(file).exists();
  }

  @Test
  void removesFoldersThatTheirOwnerMadeReadOnly() throws Exception {
    Path old = workspace("old", Duration.ofDays(1));
    Files.setPosixFilePermissions(old.resolve("src"), PosixFilePermissions.fromString("r-xr-xr-x"));

    sweep(Set.of());

    assertThat(old).doesNotExist();
  }

  @Test
  void aWorkspaceFolderThatIsGoneIsNoError() throws Exception {
    Files.delete(workspaces);

    assertThat(sweep(Set.of())).isEqualTo(Tally.NONE);
  }

  private Tally sweep(Set<Path> active) {
    return new WorkspaceSweeper(workspaces, active::contains, Clock.systemUTC()).sweep();
  }

  private Path workspace(String name, Duration age) throws IOException {
    Path workspace = workspaces.resolve(name);
    Files.createDirectories(workspace.resolve("src"));
    Files.writeString(workspace.resolve("src/file"), "content");
    age(workspace, age);
    return workspace;
  }

  private static void age(Path path, Duration age) throws IOException {
    Files.setLastModifiedTime(path, FileTime.from(Instant.now().minus(age)));
  }
}
