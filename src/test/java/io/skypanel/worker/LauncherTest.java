package io.skypanel.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the launcher gives Java, whatever it is started with. */
class LauncherTest {
  @TempDir Path folder;

  @Test
  void withoutALocaleJavaGetsOneInWhichNamesKeepTheirLetters() throws Exception {
    Path bin = Files.createDirectories(folder.resolve("bin"));
    Path launcher = Files.copy(Path.of("bin/skypanel-worker"), bin.resolve("skypanel-worker"));
    Files.createFile(folder.resolve("skypanel-worker.jar"));
    Path java = Files.createDirectories(folder.resolve("java/bin")).resolve("java");
    Files.writeString(java, "#!/bin/sh\necho \"$LC_ALL\"\n");
    assertThat(java.toFile().setExecutable(true)).isTrue();
    Files.writeString(folder.resolve("java/release"), "JAVA_VERSION=\"17.0.1\"\n");

    Process process =
        new ProcessBuilder(
                "env",
                "-i",
                "PATH=/usr/bin:/bin",
                "JAVA_HOME=" + folder.resolve("java"),
                "sh",
                launcher.toString())
            .redirectErrorStream(true)
            .start();

    assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .isEqualTo("C.UTF-8\n");
  }
}
