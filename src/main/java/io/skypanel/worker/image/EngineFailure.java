package io.skypanel.worker.image;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.api.exception.DockerException;
import io.skypanel.worker.engine.ExitCodes;
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

  /** Shorter values than this are no secrets, and replacing them would garble the message. */
  private static final int MASKED_CHARS = 4;

  private static final Pattern NO_STAGE =
      Pattern.compile(
          "target stage \"?(\\S+?)\"? could not be found|failed to reach build target (\\S+) in");

  private static final Pattern HERE_DOCUMENT =
      Pattern.compile("(?im)^[ \\t]*+(?:RUN|COPY|ADD)\\s.*<<-?[\"']?\\w");

  private static final ObjectMapper JSON = new ObjectMapper();

  /** What an engine says whose containerd goes away, or which ends what it does. */
  private static final String[] STOPPING = {
    "grpc:",
    "ttrpc:",
    "transport is closing",
    "context canceled",
    "error reading from server",
    "code = unavailable"
  };

  private final Dockerfile dockerfile;
  private final Map<String, String> arguments;

  /**
   * @param dockerfile what was built by
   * @param arguments the build arguments; their values are taken out of the engine's messages
   */
  EngineFailure(Dockerfile dockerfile, Map<String, String> arguments) {
    this.dockerfile = dockerfile;
    this.arguments = Map.copyOf(arguments);
  }

  /** A build that the engine began and gave up. */
  BuildFailure of(EngineError error, Optional<BuildStep> step) {
    String message = masked(error.message());
    String lower = message.toLowerCase(Locale.ROOT);
    if (lower.contains("no space left on device")) {
      return ofFullDisk(message);
    }
    if (error.code().isEmpty() && says(lower, STOPPING)) {
      return new BuildFailure.WorkerFault(
          "The Docker Engine gave the build up; was it restarted? " + message, null);
    }
    if (step.isEmpty()) {
      return invalid(message);
    }
    String where = step.get().where();
    String instruction = shown(mask(step.get().instruction()));
    if (error.code().isPresent()) {
      int code = error.code().get();
      String killed =
          code == ExitCodes.KILLED ? " (it was killed, most often for want of memory)" : "";
      return new BuildFailure.UserFault(
          instruction + " failed with exit code " + code + killed + where);
    }
    if (step.get().isFrom()) {
      String image = shown(mask(step.get().instruction()).substring(5).strip());
      return ofBaseImage(image, where, message);
    }
    return isOfNetwork(lower)
            && (lower.contains("invalid from flag") || instruction.startsWith("#"))
        ? new BuildFailure.WorkerFault(instruction + " failed" + where + ": " + message, null)
        : new BuildFailure.UserFault(instruction + " failed" + where + ": " + message);
  }

  /**
   * A base image that could not be pulled before the build.
   *
   * @param thrown by the pull
   */
  BuildFailure ofPull(ImageReference reference, RuntimeException thrown) {
    String message = masked(body(String.valueOf(thrown.getMessage())));
    if (message.contains("no space left on device")) {
      return ofFullDisk(message);
    }
    return ofBaseImage(
        shown(mask(reference.name())), " (" + reference.where() + ")", shown(message));
  }

  private static BuildFailure ofFullDisk(String message) {
    return new BuildFailure.WorkerFault(
        "The engine's disk is full; free space where Docker keeps its images: " + message, null);
  }

  private static BuildFailure ofBaseImage(String image, String where, String message) {
    return isOfNetwork(message.toLowerCase(Locale.ROOT))
        ? new BuildFailure.WorkerFault(
            "The base image "
                + image
                + " can't be pulled; its registry can't be reached: "
                + message,
            null)
        : new BuildFailure.UserFault(
            "The base image " + image + " can't be had" + where + ": " + message);
  }

  private static boolean isOfNetwork(String lower) {
    return says(lower, "dial tcp", "i/o timeout", "tls handshake", "connection refused");
  }

  /** A build that the engine refused, or that the connection to it did not survive. */
  BuildFailure of(Throwable thrown) {
    if (thrown instanceof DockerException refused && refused.getHttpStatus() >= 400) {
      String message = masked(body(String.valueOf(refused.getMessage())));
      String lower = message.toLowerCase(Locale.ROOT);
      return refused.getHttpStatus() < 500 || says(lower, "dockerfile", "parse error")
          ? invalid(message)
          : new BuildFailure.WorkerFault("The Docker Engine refused the build: " + message, thrown);
    }
    return new BuildFailure.WorkerFault(
        "The connection to the Docker Engine broke off during the build: "
            + masked(String.valueOf(thrown.getMessage())),
        thrown);
  }

  /** What a program that speaks to the engine for the worker could not do. */
  BuildFailure ofClient(String said) {
    String message = masked(said);
    String lower = message.toLowerCase(Locale.ROOT);
    String what =
        lower.contains("no space left on device")
            ? "A disk is full; free space for workspaces and where Docker keeps its images: "
            : says(lower, STOPPING) || says(lower, "daemon", "error during connect")
                ? "The connection to the Docker Engine broke off during the build: "
                : "The builder failed: ";
    return new BuildFailure.WorkerFault(what + message, null);
  }

  /** The engine ended the stream without an image or an error. */
  BuildFailure ofSilence() {
    return new BuildFailure.WorkerFault(
        "The Docker Engine ended the build without an image and without a reason; was it restarted?",
        null);
  }

  /** A Dockerfile that does not get as far as its first step. */
  private BuildFailure invalid(String message) {
    Matcher stage = NO_STAGE.matcher(message);
    if (stage.find()) {
      return new BuildFailure.UserFault(
          "The Dockerfile "
              + dockerfile.path()
              + " has no stage "
              + (stage.group(1) == null ? stage.group(2) : stage.group(1)));
    }
    String hint =
        message.contains("unknown instruction") && HERE_DOCUMENT.matcher(dockerfile.text()).find()
            ? " (this engine's builder has no here-documents; the first line"
                + " \"# syntax=docker/dockerfile:1\" brings them)"
            : "";
    return new BuildFailure.UserFault(
        "The Dockerfile " + dockerfile.path() + " is not valid: " + message + hint);
  }

  /** Without the values of the arguments. */
  String mask(String text) {
    String result = text;
    for (Map.Entry<String, String> argument : arguments.entrySet()) {
      if (argument.getValue().length() >= MASKED_CHARS) {
        result = result.replace(argument.getValue(), "$" + argument.getKey());
      }
    }
    return result;
  }

  private String masked(String message) {
    return mask(message.strip());
  }

  private static String shown(String instruction) {
    String line = instruction.replaceAll("\\s+", " ");
    return line.length() <= SHOWN_CHARS ? line : line.substring(0, SHOWN_CHARS) + "…";
  }

  /** The message out of {@code Status 400: {"message":"…"}}. */
  private static String body(String text) {
    int start = text.indexOf('{');
    try {
      return start < 0 ? text : JSON.readTree(text.substring(start)).path("message").asText(text);
    } catch (JsonProcessingException e) {
      return text;
    }
  }

  private static boolean says(String text, String... phrases) {
    return Stream.of(phrases).anyMatch(text::contains);
  }
}
