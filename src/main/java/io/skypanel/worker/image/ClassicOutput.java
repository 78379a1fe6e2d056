package io.skypanel.worker.image;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads out of the classic builder's output where it is and what it leaves behind. A program in the
 * build can print the same words, so nothing is believed that does not come at its place, and what
 * is found here is checked with the engine before anything is removed. Thread-safe.
 */
final class ClassicOutput {
  private static final Pattern STEP = Pattern.compile("Step (\\d+)/(\\d+) : (.*)", Pattern.DOTALL);
  private static final Pattern RUNNING = Pattern.compile(" ---> Running in ([0-9a-f]{12,64})\\n?");
  private static final Pattern IMAGE = Pattern.compile(" ---> ([0-9a-f]{12,64})\\n?");
  private static final String CACHED = " ---> Using cache";

  private final List<String> images = new ArrayList<>();
  private BuildStep step;
  private String container;
  private boolean containerMayFollow;
  private String image;
  private boolean cached;

  /** Takes one message of the engine's stream. */
  synchronized void accept(String message) {
    Matcher matcher = STEP.matcher(message);
    if (matcher.matches() && follows(matcher)) {
      settle();
      step =
          new BuildStep(
              Integer.parseInt(matcher.group(1)),
              Integer.parseInt(matcher.group(2)),
              matcher.group(3).strip());
      containerMayFollow = true;
    } else if ((matcher = RUNNING.matcher(message)).matches()) {
      if (containerMayFollow) {
        container = matcher.group(1);
      }
      containerMayFollow = false;
    } else if ((matcher = IMAGE.matcher(message)).matches()) {
      // the last one counts: a program can't print after its step's end
      image = matcher.group(1);
    } else if (message.startsWith(CACHED)) {
      cached = container == null;
    }
  }

  /** The step that it is at, or failed in. */
  synchronized Optional<BuildStep> step() {
    return Optional.ofNullable(step);
  }

  /** The container of the step that it is at. */
  synchronized Optional<String> container() {
    return Optional.ofNullable(container);
  }

  /**
   * The images that the steps until now have made, short ids, in order; those out of the cache are
   * an earlier build's.
   */
  synchronized List<String> images() {
    List<String> all = new ArrayList<>(images);
    if (isOwnImage()) {
      all.add(image);
    }
    return List.copyOf(all);
  }

  private boolean follows(Matcher next) {
    int number = parse(next.group(1));
    int of = parse(next.group(2));
    return step == null ? number == 1 : number == step.number() + 1 && of == step.of();
  }

  private static int parse(String digits) {
    return digits.length() > 6 ? -1 : Integer.parseInt(digits);
  }

  private void settle() {
    if (isOwnImage()) {
      images.add(image);
    }
    image = null;
    container = null;
    cached = false;
  }

  private boolean isOwnImage() {
    return image != null && !cached && step != null && !step.isFrom();
  }
}
