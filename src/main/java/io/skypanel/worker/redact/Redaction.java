package io.skypanel.worker.redact;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * The redactors of a worker: one for its own secrets, and one for each build in flight.
 * Thread-safe.
 */
public final class Redaction {
  private static final int SHORTEST_IN_NAME = 16;

  /** Shorter ones may be words, and who sets them could blank out what is said of others. */
  private static final int SHORTEST_ELSEWHERE = 8;

  private final SecretRules rules;
  private final Supplier<List<String>> ownSecrets;
  private final Map<String, Redactor> builds = new ConcurrentHashMap<>();
  private volatile Own own = new Own(List.of(), Redactor.OF_NO_SECRETS);

  private record Own(List<String> secrets, Redactor redactor) {}

  /**
   * @param ownSecrets the worker's own, which are masked everywhere; asked often, so it must be
   *     fast
   */
  public Redaction(SecretRules rules, Supplier<List<String>> ownSecrets) {
    this.rules = rules;
    this.ownSecrets = ownSecrets;
  }

  /**
   * The redactor of a build, whose secrets {@link #mask} takes out of other texts too until {@link
   * #close}.
   *
   * @param spared values that are no secrets, such as the build's ids
   * @param others secrets that are not in the environment
   */
  public Redactor open(
      String build,
      Map<String, String> environment,
      Collection<String> spared,
      List<String> others) {
    Redactor redactor = redactor(environment, spared, others);
    builds.put(build, redactor);
    return redactor;
  }

  /** The build has ended. */
  public void close(String build) {
    builds.remove(build);
  }

  /** A redactor for what runs with that environment. */
  public Redactor redactor(
      Map<String, String> environment, Collection<String> spared, List<String> others) {
    List<String> secrets = new ArrayList<>(ownSecrets.get());
    secrets.addAll(others);
    secrets.addAll(rules.secrets(environment, spared));
    return new Redactor(secrets);
  }

  /** A text that is of no build, without secrets of the worker and long ones of the builds. */
  public String mask(String text) {
    return mask("", text);
  }

  /**
   * A text without secrets of the worker, of the build that it is of, and of others in flight those
   * of 8 characters and more.
   *
   * @param build as it was {@link #open opened}; one that is not in flight is of no matter
   */
  public String mask(String build, String text) {
    String masked = own().mask(text);
    for (Map.Entry<String, Redactor> inFlight : builds.entrySet()) {
      Redactor redactor = inFlight.getValue();
      boolean isOwn = inFlight.getKey().equals(build);
      masked = (isOwn ? redactor : redactor.ignoringShorterThan(SHORTEST_ELSEWHERE)).mask(masked);
    }
    return masked;
  }

  /**
   * What a job itself says, without secrets of the worker and of its own build. Others' can't be in
   * it but by a guess, which a mask would confirm.
   *
   * @param build as for {@link #mask(String, String)}
   */
  public String maskAlone(String build, String text) {
    return builds.getOrDefault(build, Redactor.OF_NO_SECRETS).mask(own().mask(text));
  }

  /**
   * A name without the long secrets of its own job's environment. Short ones stay: an app may be
   * named like one of its values, and a name is used as well as shown. Others' secrets stay too, or
   * names would tell them.
   */
  public String maskName(String name, Map<String, String> environment) {
    String masked = name;
    for (String secret : rules.secrets(environment, List.of())) {
      masked = secret.length() < SHORTEST_IN_NAME ? masked : masked.replace(secret, "****");
    }
    return masked;
  }

  private Redactor own() {
    Own known = own;
    List<String> now = ownSecrets.get();
    if (!known.secrets().equals(now)) {
      known = new Own(List.copyOf(now), new Redactor(now));
      own = known;
    }
    return known.redactor();
  }
}
