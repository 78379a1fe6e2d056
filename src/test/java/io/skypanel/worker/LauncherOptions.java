package io.skypanel.worker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The options by which {@code bin/skypanel-worker} starts Java. */
public final class LauncherOptions {
  private static final Pattern OPTION = Pattern.compile("-X\\S+");

  private LauncherOptions() {}

  /** Reads them from the script. */
  public static List<String> read() throws IOException {
    String launcher = Files.readString(Path.of("bin/skypanel-worker"));
    String start = launcher.substring(launcher.indexOf("exec \"$java\""));
    return OPTION.matcher(start).results().map(MatchResult::group).toList();
  }
}
