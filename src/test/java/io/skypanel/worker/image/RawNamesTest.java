package io.skypanel.worker.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RawNamesTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {"a", "../a", "\u00c3\u00a9", "\u00ff", "x/../\u00ff/%41", "/\u00ff/y", ".."})
  void whereALinkPointsIsGivenByteByByte(String target) throws Exception {
    StringBuilder octal = new StringBuilder();
    target.chars().forEach(c -> octal.append("\\%03o".formatted(c)));
    ProcessBuilder shell =
        new ProcessBuilder("sh", "-c", "ln -s \"$(printf '" + octal + "')\" link");
    assertThat(shell.directory(folder.toFile()).start().waitFor()).isZero();

    String raw = RawNames.ofTarget(folder.resolve("link"));

    assertThat(raw.getBytes(StandardCharsets.ISO_8859_1))
        .isEqualTo(target.getBytes(StandardCharsets.ISO_8859_1));
  }
}
