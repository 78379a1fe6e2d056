package io.skypanel.worker.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.skypanel.worker.fuzz.Fuzzing;
import io.skypanel.worker.fuzz.HostileJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whatever buildx says and however that is cut, it is read to its end. */
@Tag("fuzz")
class BuildKitOutputFuzz {
  private static final List<String> NAMES =
      List.of(
          "vertexes",
          "logs",
          "statuses",
          "digest",
          "name",
          "started",
          "completed",
          "cached",
          "error",
          "vertex",
          "data",
          "stream",
          "id",
          "current");
  private static final List<String> VALUES =
      List.of(
          "sha256:1",
          "sha256:2",
          "[1/2] RUN x",
          "[internal] load",
          "aGVsbG8K",
          "bm90IGJhc2U2NA",
          "%%%",
          "context canceled",
          "transferring context:",
          "2026-01-01T00:00:00Z",
          "");

  /** What a builder says, and where that is cut. */
  private record Said(String text, List<Integer> cuts) {
    List<String> parts() {
      List<String> parts = new ArrayList<>();
      int from = 0;
      for (int cut : cuts) {
        parts.add(text.substring(from, cut));
        from = cut;
      }
      parts.add(text.substring(from));
      return parts;
    }
  }

  private static Said said(Random random) {
    HostileJson json = new HostileJson(random, NAMES, VALUES);
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(8); i > 0; i--) {
      String one =
          switch (random.nextInt(5)) {
            case 0 -> json.text();
            case 1 -> json.object(3).toPrettyString();
            case 2 -> json.any(3).toString();
            default -> json.object(3).toString();
          };
      // at times an object is cut off, or another begins within it
      text.append(random.nextInt(6) == 0 ? one.substring(random.nextInt(one.length() + 1)) : one);
      text.append(random.nextInt(5) == 0 ? "" : "\n");
    }
    List<Integer> cuts =
        random.ints(random.nextInt(6), 0, text.length() + 1).sorted().boxed().toList();
    return new Said(text.toString(), cuts);
  }

  @Test
  void whatIsSaidIsTheSameHoweverItIsCutAndOfBoundedLength() {
    Fuzzing.run(
        BuildKitOutputFuzz::said,
        said -> {
          assertThat(parts(said.parts())).isEqualTo(parts(List.of(said.text())));
          RecordedProgress progress = new RecordedProgress();
          BuildKitOutput output =
              new BuildKitOutput(progress, text -> text, part -> {}, bytes -> {});
          said.parts().forEach(output::accept);
          output.finish();
          output.failed().ifPresent(vertex -> assertThat(vertex.error()).isPresent());
          assertThat(output.contextBytes()).isNotNegative();
          assertThat(progress.lines())
              .allMatch(line -> line.length() < 600 && line.indexOf('\n') < 0);
        });
  }

  private static List<String> parts(List<String> chunks) {
    List<String> found = new ArrayList<>();
    JsonStream stream = new JsonStream(object -> found.add("json " + object), found::add);
    chunks.forEach(stream::accept);
    stream.finish();
    return found;
  }
}
