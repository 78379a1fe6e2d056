package io.skypanel.worker.image;

import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.Shown;
import java.util.List;
import java.util.Locale;

/**
 * Has the classic builder build for the engine's own platform alone: it would pull an image of
 * another by itself, and nobody could look before at what that has put off.
 */
final class OwnPlatform {
  private static final String FLAG = "--platform=";

  private OwnPlatform() {}

  /**
   * Checks each {@code FROM}.
   *
   * @param own such as {@code linux/amd64}
   * @throws BuildFailure.UserFault naming the line, for any other platform
   */
  static void check(Readings dockerfile, String own) throws BuildFailure.UserFault {
    for (List<Instruction> reading : dockerfile.all()) {
      for (Instruction instruction : reading) {
        if (instruction.verb().equals("from")) {
          check(dockerfile, instruction, own);
        }
      }
    }
  }

  private static void check(Readings dockerfile, Instruction from, String own)
      throws BuildFailure.UserFault {
    try {
      for (String flag : from.flagsAndRest(dockerfile.escape())) {
        String lower = flag.toLowerCase(Locale.ROOT);
        if (lower.startsWith(FLAG) && !isOwn(lower.substring(FLAG.length()), own)) {
          throw new BuildFailure.UserFault(
              "%s asks for %s, but images are built for %s here; leave that out"
                  .formatted(from.where(dockerfile.path()), Shown.of(flag), own));
        }
      }
    } catch (UndecidedText e) {
      throw new BuildFailure.UserFault(
          "%s: for which platform it is can't be told, for it has %s; write it plainly"
              .formatted(from.where(dockerfile.path()), e.getMessage()));
    }
  }

  private static boolean isOwn(String wanted, String own) {
    return wanted.equals(own) || List.of(own.split("/")).contains(wanted);
  }
}
