package io.skypanel.worker.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.exception.BadRequestException;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.Dockerfile;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class EngineFailureTest {
  private final EngineFailure failure =
      new EngineFailure(
          new Dockerfile("Dockerfile", "", Optional.empty()), Map.of("TOKEN", "s3cret"));

  @Test
  void aFailedCommandIsNamedWithExitCodeAndStepAndWithoutBuildArguments() {
    assertThat(of("RUN npm ci", 1, "The command '|1 TOKEN=s3cret /bin/sh -c npm ci' returned ..."))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessage("RUN npm ci failed with exit code 1 (step 2/9)");
    assertThat(of("RUN x", 137, "")).hasMessageContaining("137 (it was killed");
  }

  @Test
  void aBaseImageThatIsNotThereIsTheUsersFaultAndNamed() {
    assertThat(of("FROM acme/none:1 AS build", null, "pull access denied for acme/none"))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("The base image acme/none:1 AS build can't be had")
        .hasMessageContaining("pull access denied");
    assertThat(of("FROM acme/none:1", null, "manifest for acme/none:1 not found"))
        .isInstanceOf(BuildFailure.UserFault.class);
  }

  @Test
  void aRegistryThatCannotBeReachedIsNotTheUsersFault() {
    assertThat(of("FROM acme/none:1", null, "dial tcp: lookup registry: no such host"))
        .isInstanceOf(BuildFailure.WorkerFault.class)
        .hasMessageContaining("acme/none:1");
  }

  @Test
  void anotherInstructionFailsInTheEnginesWordsWithArgumentsMasked() {
    assertThat(of("COPY ${TOKEN} /", null, "COPY failed: stat s3cret: file does not exist"))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessage(
            "COPY ${TOKEN} / failed (step 2/9): COPY failed: stat $TOKEN: file does not exist");
  }

  @Test
  void aDockerfileThatTheEngineRefusesIsTheUsersFault() {
    assertThat(
            failure.of(
                new BadRequestException(
                    "Status 400: {\"message\":\"dockerfile parse error line 2: unknown instruction:"
                        + " \\\"FOO\\\"\"}\n")))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessage(
            "The Dockerfile Dockerfile is not valid: dockerfile parse error line 2: unknown"
                + " instruction: \"FOO\"");
  }

  @Test
  @Timeout(10)
  void isNotHeldUpByTextThatIsMadeForIt() {
    String blank = "\n".repeat(1 << 20);
    EngineFailure ofBlank =
        new EngineFailure(new Dockerfile("Dockerfile", blank, Optional.empty()), Map.of());
    String message = "unknown instruction: " + "x\\\"".repeat(100_000);

    assertThat(ofBlank.of(new BadRequestException("Status 400: {\"message\":\"" + message + "\"}")))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("unknown instruction: x\"x");
  }

  @Test
  void aHereDocumentThatTheEngineDoesNotKnowIsExplained() {
    EngineFailure ofHeredoc =
        new EngineFailure(
            new Dockerfile("Dockerfile", "FROM a\n\n  RUN cat <<'EOF'\n", Optional.empty()),
            Map.of());

    assertThat(ofHeredoc.of(new BadRequestException("{\"message\":\"unknown instruction: EOF\"}")))
        .hasMessageContaining("this engine's builder has no here-documents");
  }

  @Test
  void aLostConnectionAndAFullDiskAreTheWorkersFault() {
    assertThat(failure.of(new IllegalStateException("Broken pipe")))
        .isInstanceOf(BuildFailure.WorkerFault.class)
        .hasMessageContaining("connection to the Docker Engine broke off");
    assertThat(of("RUN x", null, "write /x: no space left on device"))
        .isInstanceOf(BuildFailure.WorkerFault.class);
  }

  @Test
  void anEngineThatIsBeingStoppedIsNotTheUsersFault() {
    assertThat(of("RUN x", null, "transport is closing: unavailable"))
        .isInstanceOf(BuildFailure.WorkerFault.class)
        .hasMessageContaining("was it restarted?");
    assertThat(of("RUN x", null, "grpc: the client connection is closing: context canceled"))
        .isInstanceOf(BuildFailure.WorkerFault.class);
  }

  private BuildFailure of(String instruction, Integer code, String message) {
    return failure.of(
        new EngineError(Optional.ofNullable(code), message),
        Optional.of(new BuildStep(2, 9, instruction)));
  }
}
