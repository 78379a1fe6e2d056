package io.skypanel.worker.redact;

import java.util.List;

/**
 * Masks secrets in texts: the given ones, in clear, in base64, URL-encoded and within JSON; user
 * names and passwords inside URLs; PEM blocks. Immutable.
 */
public final class Redactor {
  /** Knows no secret: masks credentials in URLs and PEM blocks alone. */
  public static final Redactor OF_NO_SECRETS = new Redactor(List.of());

  private final Automaton automaton;
  private final int shortest;
  private final boolean findsAllForms;

  /**
   * @param secrets of 4 characters or more; shorter ones are not masked. Of several lines each is
   *     one of its own
   */
  public Redactor(List<String> secrets) {
    Patterns patterns = Patterns.of(secrets);
    automaton = patterns.automaton();
    shortest = Patterns.SHORTEST;
    findsAllForms = !patterns.isFull();
  }

  private Redactor(Redactor other, int shortest) {
    this.automaton = other.automaton;
    this.shortest = shortest;
    this.findsAllForms = other.findsAllForms;
  }

  /**
   * The same, but that secrets are masked only where they stand in {@code chars} characters or
   * more. Takes no memory of its own.
   */
  Redactor ignoringShorterThan(int chars) {
    return new Redactor(this, chars);
  }

  /**
   * Whether all secrets are masked in every form; where there are too many, the last ones are
   * masked in clear alone.
   */
  public boolean findsAllForms() {
    return findsAllForms;
  }

  /** The text without secrets. */
  public String mask(String text) {
    MaskedStream stream = stream();
    return stream.write(text) + stream.end();
  }

  /** Masks a text that comes in parts. */
  public MaskedStream stream() {
    return new MaskedStream(automaton, shortest);
  }
}
