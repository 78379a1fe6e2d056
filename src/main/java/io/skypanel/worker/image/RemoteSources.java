package io.skypanel.worker.image;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.Shown;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Keeps {@code ADD} from fetching. The engine would do it itself, by the machine's own network: a
 * Dockerfile would read what listens on its loopback, and a cloud's metadata. Where the address
 * leads cannot be checked before, since it may redirect.
 */
final class RemoteSources {
  /** What BuildKit takes for an address, or for a repository. */
  private static final Pattern REMOTE = Pattern.compile("(?i)(?:https?|git|ssh)://|github\\.com/");

  /** So BuildKit names an {@code ADD}, or in older versions what that fetches. */
  private static final Pattern PART =
      Pattern.compile("(?:\\[[^]]*] ADD (?<rest>.*)|(?:https?|git|ssh)://.*)", Pattern.DOTALL);

  /** What may stand around a source in a list, whether or not it is a whole one. */
  private static final Pattern AROUND = Pattern.compile("[\\s,\"'\\[\\]]+");

  /** Reads the first value and ignores what follows, as builders did until 2024. */
  private static final ObjectMapper JSON = new ObjectMapper();

  private RemoteSources() {}

  /**
   * Checks the whole Dockerfile, or what a base image has put off.
   *
   * @throws BuildFailure.UserFault naming the line, for an address, or for a source that may be one
   */
  static void check(Readings dockerfile) throws BuildFailure.UserFault {
    for (List<Instruction> reading : dockerfile.all()) {
      for (Instruction outer : reading) {
        Instruction instruction = outer.inner();
        if (instruction.verb().equals("add")) {
          check(dockerfile.path(), instruction, dockerfile.escape());
        }
      }
    }
  }

  /**
   * The failure of a build in which BuildKit fetches, though the text has no such {@code ADD}.
   *
   * @param part the name of a part of the build
   */
  static Optional<BuildFailure> refusal(String part) {
    Matcher named = PART.matcher(part);
    if (!named.matches()) {
      return Optional.empty();
    }
    String rest = named.group("rest");
    List<String> sources = rest == null ? List.of(part) : withoutLast(List.of(AROUND.split(rest)));
    return sources.stream().anyMatch(RemoteSources::isRemote)
        ? Optional.of(
            new BuildFailure.UserFault(
                ("A base image has put off %s, which fetches from an address; build on another, or"
                        + " fetch it in a RUN (the operator can allow it by BUILD_REMOTE_ADD)")
                    .formatted(Shown.of(part))))
        : Optional.empty();
  }

  private static void check(String path, Instruction instruction, char escape)
      throws BuildFailure.UserFault {
    String rest = rest(path, instruction, escape);
    for (String source : sources(rest)) {
      String plain = plain(source);
      int slash = plain.indexOf('/');
      String start = slash < 0 ? plain : plain.substring(0, slash);
      // no variable is known: what the base image sets wins over an ARG
      if (isRemote(plain) || start.indexOf('$') >= 0) {
        throw refused(path, instruction, plain);
      }
    }
    for (String source : withoutLast(List.of(AROUND.split(rest)))) {
      if (isRemote(plain(source))) {
        throw refused(path, instruction, plain(source));
      }
    }
  }

  private static String plain(String source) {
    return source.replaceAll("[\"'\\\\`]", "");
  }

  private static BuildFailure.UserFault refused(
      String path, Instruction instruction, String source) {
    return new BuildFailure.UserFault(
        ("%s has the source %s, which is an address or may become one; fetch"
                + " it in a RUN, or begin a file's name with ./ (the operator can allow it by"
                + " BUILD_REMOTE_ADD)")
            .formatted(instruction.where(path), Shown.of(source)));
  }

  private static boolean isRemote(String source) {
    int slash = source.indexOf('/');
    String start = slash < 0 ? source : source.substring(0, slash);
    int at = start.indexOf('@');
    return REMOTE.matcher(source).lookingAt() || at >= 0 && start.indexOf(':', at) >= 0;
  }

  private static String rest(String path, Instruction instruction, char escape)
      throws BuildFailure.UserFault {
    try {
      List<String> flags = instruction.flagsAndRest(escape);
      return GoText.trim(flags.get(flags.size() - 1));
    } catch (UndecidedText e) {
      throw new BuildFailure.UserFault(
          "%s: what is added can't be told, for it has %s; write it plainly"
              .formatted(instruction.where(path), e.getMessage()));
    }
  }

  /** What stands before the target, read as a list and, as builders do what is none, as words. */
  private static List<String> sources(String rest) {
    List<String> sources = new ArrayList<>(withoutLast(List.of(Instruction.BLANKS.split(rest))));
    try {
      List<String> list = new ArrayList<>();
      JSON.readTree(rest).forEach(item -> list.add(item.asText()));
      sources.addAll(withoutLast(list));
    } catch (JsonProcessingException noList) {
      // words alone
    }
    return sources;
  }

  private static List<String> withoutLast(List<String> words) {
    return words.subList(0, Math.max(0, words.size() - 1));
  }
}
