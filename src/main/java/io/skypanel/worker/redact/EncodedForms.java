package io.skypanel.worker.redact;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * How programs write a text into a URL and into JSON: no two languages leave the same characters as
 * they are.
 */
final class EncodedForms {
  /**
   * What stays in a URL beside letters, digits, {@code -}, {@code .} and {@code _}: with PHP's
   * urlencode; with Java and a browser's forms; with Go and by RFC 3986; with Python's quote; with
   * JavaScript's encodeURIComponent.
   */
  private static final List<String> LEFT_IN_URLS = List.of("", "*", "~", "~/", "~!*'()");

  private EncodedForms() {}

  /** With small hex digits too, and with {@code +} and {@code %20} for a space. */
  static Set<String> inUrl(String text) {
    String strict = URLEncoder.encode(text, StandardCharsets.UTF_8).replace("*", "%2A");
    Set<String> forms = new LinkedHashSet<>();
    for (String left : strict.indexOf('%') < 0 ? List.of("") : LEFT_IN_URLS) {
      String form = leaving(left, strict);
      for (String spaced : List.of(form, form.replace("+", "%20"))) {
        forms.add(spaced);
        forms.add(lowerHex(spaced));
      }
    }
    return forms;
  }

  private static String leaving(String left, String strict) {
    String form = strict;
    for (char c : left.toCharArray()) {
      String encoded = "%" + Integer.toHexString(c).toUpperCase(Locale.ROOT);
      form = form.replace(encoded, String.valueOf(c));
    }
    return form;
  }

  private static String lowerHex(String encoded) {
    StringBuilder text = new StringBuilder(encoded);
    for (int i = encoded.indexOf('%'); i >= 0; i = encoded.indexOf('%', i + 1)) {
      text.setCharAt(i + 1, Character.toLowerCase(encoded.charAt(i + 1)));
      text.setCharAt(i + 2, Character.toLowerCase(encoded.charAt(i + 2)));
    }
    return text.toString();
  }

  /** As JavaScript and most others do it, PHP, Python, Go and Gson. */
  static Set<String> inJson(String text) {
    String json = new String(JsonStringEncoder.getInstance().quoteAsString(text));
    String ascii = ascii(json);
    String html = json.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e");
    return new LinkedHashSet<>(
        List.of(
            json,
            json.replace("/", "\\/"), // PHP with JSON_UNESCAPED_UNICODE
            ascii, // Python
            ascii.replace("/", "\\/"), // PHP
            html, // Go
            html.replace("=", "\\u003d").replace("'", "\\u0027"))); // Gson
  }

  private static String ascii(String json) {
    StringBuilder text = new StringBuilder(json.length());
    for (char c : json.toCharArray()) {
      if (c < 0x80) {
        text.append(c);
      } else {
        text.append("\\u").append(HexFormat.of().toHexDigits(c));
      }
    }
    return text.toString();
  }
}
