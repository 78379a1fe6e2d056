package io.skypanel.worker.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/runtimes.md shows works. */
class RuntimesDocumentTest {
  private static final Pattern BLOCK = Pattern.compile("(?s)```(\\w*)\\n(.*?)```");

  @TempDir Path folder;

  @Test
  void theWorkedExampleOfANewRuntimeWorks() throws Exception {
    Path runtimes = Files.createDirectory(folder.resolve("runtimes"));
    String table = Files.readString(Path.of("runtimes/runtimes.yaml"));
    Files.writeString(
        runtimes.resolve("runtimes.yaml"),
        table.replace("runtimes:\n", "runtimes:\n" + block("yaml") + "\n"));
    Files.writeString(runtimes.resolve("deno.dockerfile"), block("dockerfile"));
    Path checkout = Files.createDirectory(folder.resolve("checkout"));
    Files.writeString(checkout.resolve("deno.json"), "{}");
    Files.writeString(checkout.resolve("package.json"), "{}");
    Files.writeString(checkout.resolve(".dvmrc"), "v1.46.3\n");

    Generated generated =
        new Runtimes(Optional.of(runtimes), Map.of()).generate(checkout, Wish.NONE).orElseThrow();

    assertThat(generated.reasons()).containsExactlyElementsOf(reasons());
    assertThat(generated.dockerfile().text())
        .contains(
            "FROM denoland/deno:debian-1.46.3\n",
            "COPY --chown=10001:10001 . ./\n",
            "EXPOSE 8000\n",
            "CMD [\"/bin/sh\",\"-c\",\"exec deno task start\"]\n")
        .doesNotContain("{{", "{%");
  }

  @Test
  void everyRuntimeOfTheTableIsInTheDocument() throws Exception {
    String document = document();

    assertThat(RuntimeTable.read(new RuntimeFiles(Optional.of(Path.of("runtimes")))).runtimes())
        .allSatisfy(runtime -> assertThat(document).contains("\n| " + runtime.name() + " |"));
  }

  private static List<String> reasons() throws Exception {
    Matcher block = BLOCK.matcher(document());
    while (block.find()) {
      if (block.group(2).startsWith("Detected Deno")) {
        return block.group(2).lines().toList();
      }
    }
    throw new AssertionError("no block with the example's reasons");
  }

  private static String block(String language) throws Exception {
    Matcher block = BLOCK.matcher(document());
    while (block.find()) {
      if (block.group(1).equals(language)) {
        return block.group(2);
      }
    }
    throw new AssertionError("no block of " + language);
  }

  private static String document() throws Exception {
    return Files.readString(Path.of("docs/runtimes.md"));
  }
}
