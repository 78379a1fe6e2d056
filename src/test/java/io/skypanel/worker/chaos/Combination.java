package io.skypanel.worker.chaos;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * A fault at a moment, with the seed of its timing.
 *
 * @param seed the run's seed with this round's number mixed in
 */
record Combination(Fault fault, Moment moment, long seed) {

  static Combination of(Fault fault, Moment moment, long runSeed, int round) {
    return new Combination(fault, moment, runSeed * 31 + round);
  }

  /** Throws IllegalArgumentException unless {@code text} is {@code FAULT/PHASE}. */
  static Combination parse(String text, long runSeed, int round) {
    return all(runSeed, round).stream()
        .filter(c -> c.toString().equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    text + " is no FAULT/PHASE, such as " + all(0, 0).get(0)));
  }

  /** Every fault at every moment. */
  static List<Combination> all(long runSeed, int round) {
    List<Combination> all = new ArrayList<>();
    for (Fault fault : Fault.values()) {
      for (Moment moment : Moment.values()) {
        all.add(of(fault, moment, runSeed, round));
      }
    }
    return all;
  }

  /** A few that have every fault and every moment among them; which, the seed says. */
  static List<Combination> sample(long runSeed) {
    Random random = new Random(runSeed);
    List<Moment> moments = new ArrayList<>(List.of(Moment.values()));
    Collections.shuffle(moments, random);
    while (moments.size() < Fault.values().length) {
      moments.add(moments.get(random.nextInt(Moment.values().length)));
    }
    List<Combination> sample = new ArrayList<>();
    for (Fault fault : Fault.values()) {
      sample.add(of(fault, moments.get(fault.ordinal()), runSeed, 0));
    }
    return sample;
  }

  /** Its own random numbers, the same for the same seed, whatever else runs. */
  Random random() {
    return new Random(seed * 1_000_003 + fault.ordinal() * 97L + moment.ordinal());
  }

  @Override
  public String toString() {
    return fault.label() + "/" + moment.label();
  }
}
