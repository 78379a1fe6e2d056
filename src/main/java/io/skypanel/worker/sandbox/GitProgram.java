package io.skypanel.worker.sandbox;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The machine's git, run without anything of the user's or the machine's configuration. */
final class GitProgram {
  private final Path home;

  /** Runs with {@code home} as its home, where nothing is. */
  GitProgram(Path home) {
    this.home = home;
  }

  /** A process to be started, with its environment cut to what git needs. */
  ProcessBuilder prepare(List<String> command, Map<String, String> environment) {
    ProcessBuilder builder = new ProcessBuilder(command).directory(home.toFile());
    String path = builder.environment().getOrDefault("PATH", "/usr/local/bin:/usr/bin:/bin");
    builder.environment().clear();
    builder.environment().put("PATH", path);
    builder.environment().put("HOME", home.toString());
    builder.environment().put("GIT_CONFIG_NOSYSTEM", "1");
    builder.environment().put("GIT_CONFIG_GLOBAL", "/dev/null");
    builder.environment().put("LC_ALL", "C");
    builder.environment().putAll(environment);
    return builder;
  }

  /** Runs to the end and answers standard output, trimmed; IllegalStateException if it fails. */
  String run(byte[] input, String... arguments) {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(List.of(arguments));
    try {
      // through a file, since a full pipe in both directions would stand still
      Path in = Files.createTempFile(home, "git", ".in");
      try {
        Files.write(in, input);
        Process git =
            prepare(command, Map.of()).redirectErrorStream(true).redirectInput(in.toFile()).start();
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        git.getInputStream().transferTo(output);
        String text = output.toString(StandardCharsets.UTF_8).strip();
        if (git.waitFor() != 0) {
          throw new IllegalStateException(String.join(" ", command) + ": " + text);
        }
        return text;
      } finally {
        Files.delete(in);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("git can't be run: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while git ran", e);
    }
  }
}
