package io.skypanel.worker.redact;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What secrets are looked for by: each line as it is, in a URL and in JSON, and the whole in
 * base64, wherever in the encoded text it stands. For one thread.
 */
final class Patterns {
  static final int SECRET = 1;
  static final int URL = 2;
  static final int PEM_BEGIN = 4;
  static final int PEM_END = 8;

  /** The beginning of a secret that goes on: the rest of its line is secret too. */
  static final int LONG_LINE = 16;

  /** The same in base64: secret as far as it is base64. */
  static final int LONG_BASE64 = 32;

  /** Shorter secrets are not masked: they would make a log unreadable and hide nothing. */
  static final int SHORTEST = 4;

  /** Fewer characters of base64 turn up by chance. */
  private static final int SHORTEST_BASE64 = 6;

  /**
   * So many characters of encoded forms are looked for, beyond what stands in clear: an automaton
   * takes eleven bytes for each.
   */
  private static final int ENCODED_CHARS = 256 << 10;

  private static final Base64.Encoder BASE64 = Base64.getEncoder().withoutPadding();

  private final SortedMap<String, Integer> forms = new TreeMap<>();
  private int encodedChars;
  private boolean isFull;

  private Patterns() {}

  /** Those for these secrets, and for URLs and PEM blocks. */
  static Patterns of(List<String> secrets) {
    Patterns patterns = new Patterns();
    patterns.put("://", URL, 0);
    patterns.put(":\\/\\/", URL, 0);
    patterns.put("-----BEGIN ", SECRET | PEM_BEGIN, 0);
    patterns.put("-----END ", PEM_END, 0);
    secrets.forEach(patterns::add);
    return patterns;
  }

  Automaton automaton() {
    return new Automaton(forms);
  }

  /** Whether there was no room for all encoded forms: those of the last secrets are missing. */
  boolean isFull() {
    return isFull;
  }

  private void add(String secret) {
    secret.lines().map(String::strip).forEach(this::addLine);
    String whole = secret.strip();
    if (isLongEnough(whole)) {
      byte[] bytes = whole.getBytes(StandardCharsets.UTF_8);
      for (int before = 0; before < 3 && !isFull; before++) {
        addBase64(bytes, before);
      }
    }
  }

  private void addLine(String line) {
    if (!isLongEnough(line)) {
      return;
    }
    put(line, SECRET, LONG_LINE);
    if (!isFull) {
      String enough = line.substring(0, Math.min(line.length(), Automaton.MAX_PATTERN + 1));
      EncodedForms.inUrl(enough).forEach(form -> putEncoded(form, LONG_LINE));
      EncodedForms.inJson(enough).forEach(form -> putEncoded(form, LONG_LINE));
    }
  }

  /** What is made of asterisks is a secret that was masked. */
  private static boolean isLongEnough(String text) {
    return text.length() >= SHORTEST && !text.replace("*", "").isEmpty();
  }

  /** Only the characters that nothing but the secret decides, whatever stands around it. */
  private void addBase64(byte[] secret, int bytesBefore) {
    int enough = Math.min(secret.length, Automaton.MAX_PATTERN);
    byte[] padded = new byte[bytesBefore + enough];
    System.arraycopy(secret, 0, padded, bytesBefore, enough);
    String encoded = BASE64.encodeToString(padded);
    int from = (8 * bytesBefore + 5) / 6;
    int to = 8 * padded.length / 6;
    if (to - from >= SHORTEST_BASE64) {
      putEncoded(encoded.substring(from, to), LONG_BASE64);
      if (enough == secret.length && !isFull) {
        put(encoded.substring(from), SECRET, LONG_BASE64); // the same and a character at most
      }
    }
  }

  private void putEncoded(String form, int flagsIfLong) {
    String start = start(form);
    if (!forms.containsKey(start)) {
      encodedChars += start.length();
      isFull = isFull || encodedChars > ENCODED_CHARS;
    }
    if (!isFull) {
      put(form, SECRET, flagsIfLong);
    }
  }

  private void put(String form, int flags, int flagsIfLong) {
    boolean isLong = form.length() > Automaton.MAX_PATTERN;
    forms.merge(start(form), isLong ? flags | flagsIfLong : flags, (a, b) -> a | b);
  }

  /** What is looked for of it. */
  private static String start(String form) {
    return Automaton.fold(form.substring(0, Math.min(form.length(), Automaton.MAX_PATTERN)));
  }
}
