package io.skypanel.worker.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.Dockerfile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What buildx 0.13 said with Docker Engine 20.10, recorded. */
class BuildKitOutputTest {
  private final RecordedProgress progress = new RecordedProgress();
  private final EngineFailure engine =
      new EngineFailure(
          new Dockerfile("Dockerfile", "RUN <<EOF\necho hi\nEOF\n", Optional.empty()),
          Map.of("TOKEN", "s3cret value"));
  private final BuildKitOutput output =
      new BuildKitOutput(progress, engine::mask, part -> {}, bytes -> {});

  @Test
  void eachStepIsALineAndItsOutputFollows() throws Exception {
    replay("built", 100);

    assertThat(shownLines())
        .containsExactly(
            "INFO CACHED [first 1/2] FROM docker.io/skypanel-sandbox/busybox:1",
            "INFO [first 2/2] RUN echo one 1795573355 $TOKEN > /x; echo made",
            "INFO [stage-1 2/3] COPY --from=first /x /x",
            "INFO [stage-1 3/3] RUN printf 'a\\nb'; echo c >&2");
    assertThat(progress.output()).isEqualTo("made\na\nbc\n");
    assertThat(output.failed()).isEmpty();
    assertThat(output.lines()).isEmpty();
  }

  @Test
  void whatGoesToTheEngineIsToldAsItGrows() {
    List<Long> told = new ArrayList<>();
    BuildKitOutput sending = new BuildKitOutput(progress, engine::mask, part -> {}, told::add);

    for (String status :
        List.of(
            "transferring dockerfile:\",\"current\":99",
            "transferring context:\",\"current\":10",
            "transferring context:\",\"current\":10",
            "transferring context:\",\"current\":3000000000")) {
      sending.accept("{\"statuses\":[{\"id\":\"" + status + "}]}\n");
    }

    assertThat(told).containsExactly(10L, 3_000_000_000L);
  }

  @Test
  void howTheOutputIsCutMakesNoDifference() throws Exception {
    replay("built", 1);

    assertThat(progress.output()).isEqualTo("made\na\nbc\n");
    assertThat(shownLines()).hasSize(4);
  }

  @Test
  void whatTheCacheHadIsSaid() throws Exception {
    replay("cached", 8192);

    assertThat(shownLines())
        .contains(
            "INFO CACHED [first 2/2] RUN echo one 1795573355 $TOKEN > /x; echo made",
            "INFO CACHED [stage-1 3/3] RUN printf 'a\\nb'; echo c >&2");
    assertThat(progress.output()).isEmpty();
  }

  @Test
  void aFailedCommandIsTheUsersFaultWithExitCodeAndStep() throws Exception {
    assertThat(failure("failed-run"))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessage("RUN echo reason; exit 42 failed with exit code 42 (step 2/2)");
    assertThat(progress.output()).isEqualTo("reason\n");
  }

  @Test
  void mistakesInTheDockerfileAreTheUsersFault() throws Exception {
    assertThat(failure("unknown-instruction"))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining(
            "The Dockerfile Dockerfile is not valid: dockerfile parse error line 2: unknown"
                + " instruction: FOO");
    assertThat(failure("missing-file"))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessage("COPY absent / failed (step 2/2): \"/absent\" not found: not found");
    assertThat(failure("missing-target"))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessage("The Dockerfile Dockerfile has no stage nope");
    assertThat(failure("here-document"))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("this engine's builder has no here-documents");
  }

  @Test
  void aRegistryThatCannotBeReachedIsTheWorkersFault() throws Exception {
    assertThat(failure("unreachable-base"))
        .isInstanceOf(BuildFailure.WorkerFault.class)
        .hasMessageStartingWith(
            "The base image localhost:1/none/such:9 can't be pulled; its registry can't be"
                + " reached: ");
    assertThat(failure("unreachable-frontend"))
        .isInstanceOf(BuildFailure.WorkerFault.class)
        .hasMessageStartingWith("# syntax=docker/dockerfile:1 failed: ");
  }

  @Test
  void whatNewerVersionsSayOnOneLineIsReadToo() {
    output.accept(vertex("a", "[build  2/10] RUN make", ",\"started\":\"t\""));
    output.accept(
        vertex(
            "a",
            "[build  2/10] RUN make",
            ",\"started\":\"t\",\"completed\":\"t\",\"error\":\"process \\\"/bin/sh -c make\\\" did"
                + " not complete successfully: exit code: 2\""));
    output.accept(
        "Dockerfile:2\n--------------------\n   2 | >>> RUN make {\n--------------------\n"
            + "ERROR: failed to build: failed to solve: process \"/bin/sh -c make\" did not"
            + " complete successfully: exit code: 2\n");
    output.finish();

    assertThat(new BuildKitFailure(engine).of(output.failed(), output.lines(), 1))
        .hasMessage("RUN make failed with exit code 2 (step 2/10)");
  }

  @Test
  void aStepIsToldByWhatStandsBeforeItsInstructionAlone() {
    output.accept(vertex("a", "[linux/amd64 build 2/3] RUN echo [x 7/9] y", ",\"error\":\"e\""));
    output.finish();

    assertThat(new BuildKitFailure(engine).of(output.failed(), output.lines(), 1))
        .hasMessageContaining("RUN echo [x 7/9] y failed (step 2/3)");
  }

  @Test
  @Timeout(10)
  void aNameMadeForItHoldsNobodyUp() {
    for (String name : List.of("[" + " 1/2".repeat(250_000), "docker-image://".repeat(70_000))) {
      SolveStatus.Vertex failed =
          new SolveStatus.Vertex("a", name, true, true, false, Optional.of("e"));

      assertThat(new BuildKitFailure(engine).of(Optional.of(failed), List.of(), 1))
          .isInstanceOf(BuildFailure.class);
    }
  }

  @Test
  void stagesThatTakeTurnsAreNamedAtEachTurn() {
    output.accept(vertex("a", "[a 2/2] RUN one", ",\"started\":\"t\""));
    output.accept(vertex("b", "[b 2/2] RUN two", ",\"started\":\"t\""));
    output.accept(log("b", "from two\n") + log("a", "from one\n") + log("a", "still one\n"));
    output.finish();

    assertThat(progress.lines())
        .containsExactly(
            "INFO [a 2/2] RUN one", "INFO [b 2/2] RUN two", "INFO [a 2/2] RUN one, going on");
    assertThat(progress.output()).isEqualTo("from two\nfrom one\nstill one\n");
  }

  @Test
  void anEngineThatWentAwayIsTheWorkersFault() {
    for (String line :
        new String[] {
          "ERROR: Cannot connect to the Docker daemon at unix:///var/run/docker.sock.",
          "ERROR: failed to solve: error reading from server: EOF",
          "ERROR: failed to solve: rpc error: code = Unavailable desc = closing transport",
          "panic: nil"
        }) {
      BuildKitOutput other = new BuildKitOutput(progress, engine::mask, part -> {}, bytes -> {});
      other.accept(line + "\n");
      other.finish();
      assertThat(new BuildKitFailure(engine).of(other.failed(), other.lines(), 1))
          .isInstanceOf(BuildFailure.WorkerFault.class);
    }
  }

  @Test
  void aLineWithoutEndIsNotHeld() {
    output.accept(vertex("a", "[1/1] RUN x", ",\"started\":\"t\""));
    for (int i = 0; i < 100; i++) {
      output.accept(log("a", "é".repeat(1000)));
    }

    assertThat(progress.output().length()).isGreaterThan(90_000);
    assertThat(progress.output()).matches("é+");
  }

  @Test
  void anObjectLargerThanAnyThatMattersIsLeftOut() {
    String large = "x".repeat(JsonStream.MAX_OBJECT);
    output.accept("{\"logs\":[{\"vertex\":\"a\",\"data\":\"" + large + "\"}]}\n");
    output.accept(log("a", "after\n"));

    assertThat(progress.output()).isEqualTo("after\n");
  }

  @Test
  @Timeout(10)
  void bracesBehindTextHoldNobodyUp() {
    output.accept("x".repeat(16 * 1024) + "{".repeat(32 << 20) + "\n");
    output.accept(" \t " + vertex("a", "[1/1] RUN x", ",\"started\":\"t\""));

    assertThat(output.lines()).singleElement().asString().startsWith("xxx");
    assertThat(progress.lines()).containsExactly("INFO [1/1] RUN x");
  }

  @Test
  void whatIsNoObjectAfterAllIsKeptAsAShortLine() {
    output.accept("{" + "x".repeat(1_000_000) + "}\n");
    output.accept("{\"unended\": \"" + "x".repeat(1_000_000));
    output.finish();

    assertThat(output.lines()).hasSize(2).allMatch(line -> line.length() <= 16 * 1024);
  }

  @Test
  void anObjectOfCountlessPartsIsLeftOut() {
    output.accept("{\"vertexes\":[" + "{},".repeat(100_000) + "{}]}\n");
    output.accept(vertex("a", "[1/1] RUN x", ",\"started\":\"t\""));

    assertThat(progress.lines()).containsExactly("INFO [1/1] RUN x");
  }

  @Test
  void hugeNamesOfManyStepsTakeLittleRoom() {
    // 64 MB and more if they were kept whole, which a JVM of -Xmx128m has not got twice
    String huge = "x".repeat(1024 * 1024);
    long before = used();
    for (int i = 0; i < 64; i++) {
      output.accept(vertex("d" + i, "[" + i + "/64] RUN " + huge, ",\"started\":\"t\""));
    }

    assertThat(used() - before).isLessThan(32L * 1024 * 1024);
    assertThat(progress.lines()).hasSize(64).allMatch(line -> line.length() < 600);
    output.accept(log("d0", "late\n"));
    assertThat(progress.lines().get(64)).startsWith("INFO [0/64] RUN xx").endsWith("…, going on");
  }

  @Test
  void noMoreStepsAreRememberedThanAnybodyWrites() {
    int many = BuildKitOutput.KEPT_STEPS + 1;
    for (int i = 0; i < many; i++) {
      output.accept(vertex("d" + i, "[" + i + "] RUN x", ",\"started\":\"t\""));
    }
    output.accept(log("d0", "of the first\n"));

    assertThat(progress.lines()).hasSize(many);
    assertThat(progress.output()).isEqualTo("of the first\n");
  }

  private static long used() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  private BuildFailure failure(String recording) throws IOException {
    BuildKitOutput recorded = new BuildKitOutput(progress, engine::mask, part -> {}, bytes -> {});
    recorded.accept(read(recording));
    recorded.finish();
    return new BuildKitFailure(engine).of(recorded.failed(), recorded.lines(), 1);
  }

  private void replay(String recording, int chunk) throws IOException {
    String text = read(recording);
    for (int i = 0; i < text.length(); i += chunk) {
      output.accept(text.substring(i, Math.min(text.length(), i + chunk)));
    }
    output.finish();
  }

  private List<String> shownLines() {
    return progress.lines().stream().filter(line -> !line.startsWith("DEBUG")).toList();
  }

  private static String read(String recording) throws IOException {
    try (var in = BuildKitOutputTest.class.getResourceAsStream("/buildx/" + recording + ".txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String vertex(String digest, String name, String rest) {
    return "{\"vertexes\":[{\"digest\":\""
        + digest
        + "\",\"name\":\""
        + name
        + "\""
        + rest
        + "}]}\n";
  }

  private static String log(String digest, String text) {
    String data = Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    return "{\"logs\":[{\"vertex\":\"" + digest + "\",\"stream\":1,\"data\":\"" + data + "\"}]}\n";
  }
}
