package io.skypanel.worker.image;

import com.github.dockerjava.api.exception.DockerException;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.Dockerfile;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Tells from what the engine said why a build failed. Immutable. */
final class EngineFailure {
  private static final int SHOWN_CHARS = 200;
  private static final int KILLED = 137;

  /** Shorter values than this are no secrets, and replacing them would garble the message. */
  private static final int MASKED_CHARS = 4;

  private static final Pattern BODY =
      Pattern.compile("(?s).*?\\{\\s*\"message\"\\s*:\\s*\"((?:\\\\.|[^\"\\\\])*)\".*");

  private final Dockerfile dockerfile;
  private final Map<String, String> arguments;

  /** What an engine says whose containerd goes away, or which ends what it does. */
  private static final String[] STOPPING = {
    "grpc:", "ttrpc:", "transport is closing", "context canceled", "error reading from server"
  };

  /**
   * @param dockerfile what was built by
   * @param arguments the build arguments; their values are taken out of the engine's messages
   */
  EngineFailure(Dockerfile dockerfile, Map<String, String> arguments) {
    this.dockerfile = dockerfile;
    this.arguments = Map.copyOf(arguments);
  }

  /** A build that the engine began and gave up. */
  BuildFailure of(ClassicBuild.EngineError error, Optional<ClassicOutput.Step> step) {
    String message = masked(error.message());
    String lower = message.toLowerCase(Locale.ROOT);
    if (lower.contains("no space left on device")) {
      return new BuildFailure.WorkerFault(
          "The engine's disk is full; free space where Docker keeps its images: " + message, null);
    }
    if (error.code().isEmpty() && says(lower, STOPPING)) {
      return new BuildFailure.WorkerFault(
          "The Docker Engine gave the build up; was it restarted? " + message, null);
    }
    if (step.isEmpty()) {
      return new BuildFailure.UserFault(
          "The Dockerfile " + dockerfile.path() + " is not valid: " + message);
    }
    String where = " (step " + step.get().number() + "/" + step.get().of() + ")";
    String instruction = shown(step.get().instruction());
    if (error.code().isPresent()) {
      int code = error.code().get();
      String killed = code == KILLED ? " (it was killed, most often for want of memory)" : "";
      return new BuildFailure.UserFault(
          instruction + " failed with exit code " + code + killed + where);
    }
    boolean registry =
        says(lower, "dial tcp", "i/o timeout", "tls handshake", "connection refused");
    if (step.get().isFrom()) {
      String image = shown(step.get().instruction().substring(5).strip());
      return registry
          ? new BuildFailure.WorkerFault(
              "The base image "
                  + image
                  + " can't be pulled; its registry can't be reached: "
                  + message,
              null)
          : new BuildFailure.UserFault(
              "The base image " + image + " can't be had" + where + ": " + message);
    }
    return registry && lower.contains("invalid from flag")
        ? new BuildFailure.WorkerFault(instruction + " failed" + where + ": " + message, null)
        : new BuildFailure.UserFault(instruction + " failed" + where + ": " + message);
  }

  /** A build that the engine refused, or that the connection to it did not survive. */
  BuildFailure of(Throwable thrown) {
    if (thrown instanceof DockerException refused && refused.getHttpStatus() >= 400) {
      String message = masked(body(String.valueOf(refused.getMessage())));
      String lower = message.toLowerCase(Locale.ROOT);
      return refused.getHttpStatus() < 500 || says(lower, "dockerfile", "parse error")
          ? new BuildFailure.UserFault(
              "The Dockerfile " + dockerfile.path() + " is not valid: " + message)
          : new BuildFailure.WorkerFault("The Docker Engine refused the build: " + message, thrown);
    }
    return new BuildFailure.WorkerFault(
        "The connection to the Docker Engine broke off during the build: "
            + masked(String.valueOf(thrown.getMessage())),
        thrown);
  }

  /** The engine ended the stream without an image or an error. */
  BuildFailure ofSilence() {
    return new BuildFailure.WorkerFault(
        "The Docker Engine ended the build without an image and without a reason; was it restarted?",
        null);
  }

  private String masked(String message) {
    String result = message.strip();
    for (Map.Entry<String, String> argument : arguments.entrySet()) {
      if (argument.getValue().length() >= MASKED_CHARS) {
        result = result.replace(argument.getValue(), "$" + argument.getKey());
      }
    }
    return result;
  }

  private static String shown(String instruction) {
    String line = instruction.replaceAll("\\s+", " ");
    return line.length() <= SHOWN_CHARS ? line : line.substring(0, SHOWN_CHARS) + "…";
  }

  /** The message out of {@code Status 400: {"message":"…"}}. */
  private static String body(String text) {
    Matcher body = BODY.matcher(text);
    return body.matches()
        ? body.group(1).replace("\\n", "\n").replace("\\\"", "\"").replace("\\\\", "\\")
        : text;
  }

  private static boolean says(String text, String... phrases) {
    return Stream.of(phrases).anyMatch(text::contains);
  }
}
