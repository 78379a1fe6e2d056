package io.skypanel.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The list of what the worker is made of is whole, and of nothing else. */
class SbomIT {
  private static final Path TARGET = WorkerProcess.PROJECT.resolve("target");

  @Test
  void listsEveryLibraryOfTheWorkerWithItsChecksumAndNoOther() throws Exception {
    Sbom sbom = Sbom.of(Files.readString(TARGET.resolve("skypanel-worker.cdx.json")));
    Map<String, String> libraries = new TreeMap<>();
    List<Path> jars;
    try (Stream<Path> all = Files.list(TARGET.resolve("lib"))) {
      jars = all.toList();
    }
    for (Path jar : jars) {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(jar));
      libraries.put(jar.getFileName().toString(), HexFormat.of().formatHex(digest));
    }

    assertThat(sbom.format()).isEqualTo("CycloneDX");
    assertThat(sbom.of()).isEqualTo("skypanel-worker");
    assertThat(sbom.sha256()).isEqualTo(libraries);
    assertThat(sbom.jars())
        .anyMatch(jar -> jar.startsWith("camel-main-"))
        .noneMatch(jar -> jar.startsWith("junit-") || jar.startsWith("jqwik"));
  }
}
