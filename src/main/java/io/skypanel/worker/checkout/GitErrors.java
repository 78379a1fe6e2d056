package io.skypanel.worker.checkout;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The last lines that git printed, as far as they are its own. Immutable. */
final class GitErrors {
  private static final Pattern WITHOUT_REASON =
      Pattern.compile(
          "^fatal: (clone of '|Failed to clone '|Unable to fetch in submodule|Could not read from)");

  private static final String BY_SERVER = "fatal: remote error: ";

  private final List<String> lines;
  private final String said;
  private final String saidByServer;

  /**
   * @param printed oldest first
   */
  GitErrors(List<String> printed) {
    // what the server says of itself is no evidence: it can say anything
    lines =
        printed.stream().filter(l -> !l.startsWith("remote:") && !l.startsWith("From ")).toList();
    // where it begins with an error of the server's, all that follows may be the server's
    int own = (int) lines.stream().takeWhile(l -> !l.startsWith(BY_SERVER)).count();
    said = plain(lines.subList(0, own));
    saidByServer = plain(lines.subList(own, lines.size()));
  }

  /** Nor is a name in quotes evidence: a repository may be called timeout. */
  private static String plain(List<String> lines) {
    return String.join("\n", lines).replaceAll("'[^'\n]*'", "''").toLowerCase(Locale.ROOT);
  }

  /** Whether one of these is among them, which are in small letters and have nothing in quotes. */
  boolean say(String... phrases) {
    return Stream.of(phrases).anyMatch(said::contains);
  }

  /** The same where it may be the server's word, which is good for the customer's own faults. */
  boolean sayOrServer(String... phrases) {
    return say(phrases) || Stream.of(phrases).anyMatch(saidByServer::contains);
  }

  /** Whether the server gave an error as its own. */
  boolean areOfServer() {
    return !saidByServer.isEmpty();
  }

  /** The last line that says what is wrong, without git's prefix, logins and the worker's paths. */
  String last() {
    List<String> errors =
        lines.stream()
            .filter(l -> l.startsWith("fatal: ") || l.startsWith("error: "))
            .collect(Collectors.toList());
    // that it failed, where a line before says why
    errors.removeIf(l -> errors.size() > 1 && WITHOUT_REASON.matcher(l).find());
    String line =
        !errors.isEmpty()
            ? errors.get(errors.size() - 1)
            : lines.isEmpty() ? "no output" : lines.get(lines.size() - 1);
    return line.replaceFirst("^(fatal|error): ", "")
        .replaceAll("(?<=://)[^/?#\\s']*@", "")
        .replaceAll("/[^\\s']*/" + GitCheckout.SOURCE + "/", "");
  }
}
