package io.skypanel.worker.image;

import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.Progress;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Passes on what {@code pack} says, and tells from its last words why it failed. */
final class PackOutput {
  /** The error is the last that it says. */
  private static final int KEPT_CHARS = 8 * 1024;

  private static final Pattern ERROR = Pattern.compile("(?m)^ERROR: (.*)$");
  private static final Pattern LIFECYCLE = Pattern.compile("failed with status code: (\\d{1,5})");

  private final Progress progress;
  private final StringBuilder tail = new StringBuilder();

  PackOutput(Progress progress) {
    this.progress = progress;
  }

  void accept(String chunk) {
    progress.output(chunk);
    tail.append(chunk);
    if (tail.length() > KEPT_CHARS) {
      tail.delete(0, tail.length() - KEPT_CHARS);
    }
  }

  /**
   * Why it failed. What the buildpacks could not do is the user's fault; an engine or a registry
   * that is gone is not.
   *
   * @param engine takes secrets out of what it said
   */
  BuildFailure failure(int exitCode, EngineFailure engine) {
    String error = "";
    Matcher said = ERROR.matcher(tail);
    while (said.find()) {
      error = said.group(1).strip();
    }
    String lower = error.toLowerCase(Locale.ROOT);
    if (says(
        lower,
        "cannot connect to the docker daemon",
        "error during connect",
        "no space left on device",
        "unexpected eof",
        "transport is closing")) {
      return engine.ofClient(error);
    }
    if (says(lower, "dial tcp", "i/o timeout", "tls handshake", "no such host")) {
      return new BuildFailure.WorkerFault(
          "pack can't reach a registry: " + engine.mask(error), null);
    }
    Matcher lifecycle = LIFECYCLE.matcher(error);
    // pack's own is 1 for nearly everything
    String code = lifecycle.find() ? lifecycle.group(1) : Integer.toString(exitCode);
    return new BuildFailure.UserFault(
        "pack failed with exit code " + code + "; its last lines are in the build log");
  }

  private static boolean says(String text, String... phrases) {
    return Stream.of(phrases).anyMatch(text::contains);
  }
}
