package io.skypanel.worker.runtime;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Procfile's processes. Immutable.
 *
 * @see <a href="https://devcenter.heroku.com/articles/procfile">Its format</a>
 */
final class Procfile {
  private static final Pattern LINE = Pattern.compile("([A-Za-z0-9_-]+)\\s*:\\s*(\\S.*)");

  private final Map<String, String> commands = new TreeMap<>();

  /**
   * @param text the file's; lines that are none of its format are passed over
   */
  Procfile(String text) {
    for (String line : text.lines().toList()) {
      Matcher matcher = LINE.matcher(line.strip());
      if (matcher.matches()) {
        commands.put(matcher.group(1), matcher.group(2));
      }
    }
  }

  /** What serves HTTP. */
  Optional<String> web() {
    return Optional.ofNullable(commands.get("web"));
  }

  /** What works without a port. */
  Optional<String> worker() {
    return Optional.ofNullable(commands.get("worker"));
  }

  /** What works without a port, where nothing serves HTTP. */
  Optional<String> workerAlone() {
    return web().isPresent() ? Optional.empty() : worker();
  }
}
