package io.skypanel.worker.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GitServerIT {
  @TempDir Path folder;
  private GitProgram git;

  @BeforeEach
  void takeTheMachinesGit() {
    git = new GitProgram(folder);
  }

  @Test
  void servesAClone() throws Exception {
    try (GitServer server = GitServer.open()) {
      GitRepository repository = server.create("team/app");
      String sha = repository.commit(Map.of("a file.txt", "one\n", "d/ü.txt", "two"), "Begin");

      clone(repository.url(), "copy");

      assertThat(folder.resolve("copy/a file.txt")).hasContent("one\n");
      assertThat(folder.resolve("copy/d/ü.txt")).hasContent("two");
      assertThat(in("copy", "rev-parse", "HEAD")).isEqualTo(sha);
      assertThat(in("copy", "log", "-1", "--format=%an %s"))
          .isEqualTo(GitRepository.AUTHOR + " Begin");
      assertThat(in("copy", "branch", "--show-current")).isEqualTo("main");
    }
  }

  @Test
  void keepsExecutablesLinksAndBranches() throws Exception {
    try (GitServer server = GitServer.open()) {
      GitRepository repository = server.create("app");
      repository.commit(Map.of("a", "one"), "Begin");
      repository.commitFiles(
          "feature/x",
          Map.of("run.sh", GitFile.executable("#!/bin/sh\n"), "link", GitFile.symlink("a")),
          "Add");

      clone(repository.url(), "copy", "--branch", "feature/x");

      assertThat(Files.isExecutable(folder.resolve("copy/run.sh"))).isTrue();
      assertThat(Files.readSymbolicLink(folder.resolve("copy/link"))).hasToString("a");
      assertThat(folder.resolve("copy/a")).hasContent("one");
      clone(repository.url(), "main");
      assertThat(folder.resolve("main/run.sh")).doesNotExist();
    }
  }

  @Test
  void handsOutAnOlderCommitByItsIdAtDepthOne() throws Exception {
    try (GitServer server = GitServer.open()) {
      GitRepository repository = server.create("app");
      String first = repository.commit(Map.of("a", "one"), "First");
      repository.commit(Map.of("a", "two"), "Second");
      git.run(new byte[0], "init", "--quiet", folder.resolve("copy").toString());

      for (String protocol : new String[] {"0", "2"}) {
        in(
            "copy",
            "-c",
            "protocol.version=" + protocol,
            "fetch",
            "--quiet",
            "--depth=1",
            repository.url(),
            first);
        assertThat(in("copy", "rev-parse", "FETCH_HEAD")).isEqualTo(first);
      }
    }
  }

  @Test
  void streamsWhatIsLargerThanItsBuffers() throws Exception {
    try (GitServer server = GitServer.open()) {
      byte[] noise = new byte[20 << 20];
      new Random(1).nextBytes(noise);
      GitRepository repository = server.create("large");
      repository.commitFiles("main", Map.of("noise", GitFile.bytes(noise)), "Add noise");

      clone(repository.url(), "copy");

      assertThat(Files.readAllBytes(folder.resolve("copy/noise"))).isEqualTo(noise);
    }
  }

  @Test
  void takesALargeCompressedQuestion() throws Exception {
    try (GitServer server = GitServer.open()) {
      GitRepository repository = server.create("many");
      for (int i = 0; i < 60; i++) {
        repository.commitTo("branch-" + i, Map.of("n", "" + i), "Commit " + i);
      }
      clone(repository.url(), "copy", "--config", "protocol.version=0");
      // what the client has is now said in a body that git compresses
      repository.commit(Map.of("n", "last"), "Last");
      in("copy", "-c", "protocol.version=0", "fetch", "--quiet");
      assertThat(in("copy", "log", "-1", "--format=%s", "origin/main")).isEqualTo("Last");
    }
  }

  @Test
  void asksForALoginWhereThereIsOne() throws Exception {
    try (GitServer server = GitServer.withLogin("builder", "s3cret")) {
      GitRepository repository = server.create("private");
      repository.commit(Map.of("a", "one"), "Begin");

      assertThatThrownBy(() -> clone(repository.url(), "refused"))
          .hasMessageContaining("Authentication failed");
      clone(repository.url().replace("http://", "http://builder:s3cret@"), "copy");
      assertThat(folder.resolve("copy/a")).hasContent("one");
      assertThatThrownBy(
              () -> clone(repository.url().replace("http://", "http://builder:no@"), "wrong"))
          .hasMessageContaining("Authentication failed");
    }
  }

  @Test
  void saysThatARepositoryIsNotThere() {
    try (GitServer server = GitServer.open()) {
      assertThatThrownBy(() -> clone(server.url() + "/none.git", "copy"))
          .hasMessageContaining("not found");
    }
  }

  private void clone(String url, String into, String... options) {
    String[] command = new String[options.length + 5];
    System.arraycopy(
        new String[] {"-c", "core.askPass=true", "clone", "--quiet"}, 0, command, 0, 4);
    System.arraycopy(options, 0, command, 4, options.length);
    command[command.length - 1] = url;
    String[] all = Arrays.copyOf(command, command.length + 1);
    all[all.length - 1] = folder.resolve(into).toString();
    git.run(new byte[0], all);
  }

  private String in(String copy, String... arguments) {
    String[] all = new String[arguments.length + 2];
    all[0] = "-C";
    all[1] = folder.resolve(copy).toString();
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    return git.run(new byte[0], all);
  }
}
