package io.skypanel.worker.redact;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The forms in which secrets are looked for: each line as it is, in a URL and in JSON, and the
 * whole in base64, wherever in the encoded text it stands. For one thread.
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
   * Beyond so many characters of secrets, only what stands in clear is looked for: an automaton
   * takes eleven bytes for each character of each form.
   */
  private static final int ENCODED_CHARS = 128 << 10;

  private static final Base64.Encoder BASE64 = Base64.getEncoder().withoutPadding();

  private final SortedMap<String, Integer> forms = new TreeMap<>();
  private int encodedChars;

  private Patterns() {}

  /** The automaton for these secrets, and for URLs and PEM blocks. */
  static Automaton of(List<String> secrets) {
    Patterns patterns = new Patterns();
    patterns.put("://", URL, 0);
    patterns.put(":\\/\\/", URL, 0);
    patterns.put("-----BEGIN ", SECRET | PEM_BEGIN, 0);
    patterns.put("-----END ", PEM_END, 0);
    secrets.forEach(patterns::add);
    return new Automaton(patterns.forms);
  }

  private void add(String secret) {
    secret.lines().map(String::strip).forEach(this::addLine);
    String whole = secret.strip();
    if (isLongEnough(whole) && hasRoom(whole)) {
      byte[] bytes = whole.getBytes(StandardCharsets.UTF_8);
      for (int before = 0; before < 3; before++) {
        addBase64(bytes, before);
      }
    }
  }

  private void addLine(String line) {
    if (!isLongEnough(line)) {
      return;
    }
    put(line, SECRET, LONG_LINE);
    if (hasRoom(line)) {
      String encoded = URLEncoder.encode(line, StandardCharsets.UTF_8);
      String strict = encoded.replace("+", "%20");
      put(encoded, SECRET, LONG_LINE);
      put(strict, SECRET, LONG_LINE);
      put(lowerHex(strict), SECRET, LONG_LINE);
      String json = new String(JsonStringEncoder.getInstance().quoteAsString(line));
      put(json, SECRET, LONG_LINE);
      put(json.replace("/", "\\/"), SECRET, LONG_LINE); // PHP's way
      put(
          json.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"), // Go's
          SECRET,
          LONG_LINE);
    }
  }

  private boolean hasRoom(String secret) {
    encodedChars += Math.min(secret.length(), Automaton.MAX_PATTERN);
    return encodedChars <= ENCODED_CHARS;
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
      put(encoded.substring(from, to), SECRET, LONG_BASE64);
      if (enough == secret.length) {
        put(encoded.substring(from), SECRET, LONG_BASE64);
      }
    }
  }

  private void put(String form, int flags, int flagsIfLong) {
    boolean isLong = form.length() > Automaton.MAX_PATTERN;
    forms.merge(
        Automaton.fold(isLong ? form.substring(0, Automaton.MAX_PATTERN) : form),
        isLong ? flags | flagsIfLong : flags,
        (a, b) -> a | b);
  }

  private static String lowerHex(String encoded) {
    StringBuilder text = new StringBuilder(encoded);
    for (int i = encoded.indexOf('%'); i >= 0; i = encoded.indexOf('%', i + 1)) {
      text.setCharAt(i + 1, Character.toLowerCase(encoded.charAt(i + 1)));
      text.setCharAt(i + 2, Character.toLowerCase(encoded.charAt(i + 2)));
    }
    return text.toString();
  }
}
