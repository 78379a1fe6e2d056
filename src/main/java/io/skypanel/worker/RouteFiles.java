package io.skypanel.worker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where each route's file is: in the operator's folder, or, for a route of ours that is missing
 * there (an older folder, a deleted file), inside the jar.
 */
final class RouteFiles {
  static final String SUFFIX = ".camel.yaml";

  /** The routes that the worker can't do without. */
  static final Set<String> OURS =
      Set.of(
          "after-outcome",
          "beat",
          "before-checkout",
          "before-deploy",
          "before-image",
          "call-panel",
          "check-docker",
          "check-panel",
          "claim-build",
          "clean-up",
          "deliver-reports",
          "keep-apps",
          "keep-time",
          "poll-builds",
          "recover-builds",
          "register-worker",
          "retire-versions",
          "run-build",
          "schedule-clean-up",
          "send-heartbeat",
          "ship-logs",
          "worker-errors");

  private final Optional<Path> directory;

  RouteFiles(Optional<Path> directory) {
    this.directory = directory;
  }

  Optional<Path> directory() {
    return directory;
  }

  /** Every file that is to be loaded, as Camel's comma-separated list. */
  String pattern() {
    Stream<String> theirs = contents().keySet().stream().map(f -> "file:" + f);
    Stream<String> fallback = missing().stream().map(n -> "classpath:routes/" + n + SUFFIX);
    return Stream.concat(theirs, fallback).collect(Collectors.joining(","));
  }

  /** Names of our routes that the folder lacks. */
  Set<String> missing() {
    Set<String> names = new TreeSet<>(OURS);
    contents().keySet().forEach(f -> names.remove(name(f)));
    return names;
  }

  /** The folder's route files with their texts; empty without a folder. */
  TreeMap<Path, String> contents() {
    TreeMap<Path, String> contents = new TreeMap<>();
    for (Path file : files()) {
      try {
        contents.put(file, Files.readString(file));
      } catch (IOException e) {
        // an editor may just be replacing it; the next look finds it
      }
    }
    return contents;
  }

  private List<Path> files() {
    if (directory.isEmpty()) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory.get().toAbsolutePath().normalize())) {
      return files.filter(f -> f.getFileName().toString().endsWith(SUFFIX)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException("ROUTES_DIR " + directory.get() + " can't be read", e);
    }
  }

  static String name(Path file) {
    String fileName = file.getFileName().toString();
    return fileName.substring(0, fileName.length() - SUFFIX.length());
  }
}
