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

  /**
   * @param secrets of 4 characters or more; shorter ones are not masked. Of several lines each is
   *     one of its own
   */
  public Redactor(List<String> secrets) {
    automaton = Patterns.of(secrets);
  }

  /** The text without secrets. */
  public String mask(String text) {
    MaskedStream stream = stream();
    return stream.write(text) + stream.end();
  }

  /** Masks a text that comes in parts. */
  public MaskedStream stream() {
    return new MaskedStream(automaton);
  }
}
