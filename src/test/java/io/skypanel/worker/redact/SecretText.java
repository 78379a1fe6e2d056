package io.skypanel.worker.redact;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;

/** Secrets, a text that has them in it in all the forms in which they are looked for, and cuts. */
record SecretText(List<String> secrets, String text, List<Integer> cuts) {
  /** Few letters, so that secrets overlap, begin alike and contain each other; no asterisk. */
  private static final String LETTERS = "abcAB12+/-_=.:@\"'%& \\é漢";

  static SecretText random(Random random) {
    List<String> secrets = new ArrayList<>();
    int count = 1 + random.nextInt(5);
    for (int i = 0; i < count; i++) {
      int letters = 2 + random.nextInt(LETTERS.length() - 1);
      String secret =
          text(random, 4 + random.nextInt(random.nextInt(10) == 0 ? 3000 : 30), letters);
      secrets.add(i > 0 && random.nextInt(4) == 0 ? secrets.get(0) + "\n" + secret : secret);
    }
    StringBuilder text = new StringBuilder();
    int parts = random.nextInt(12);
    for (int i = 0; i < parts; i++) {
      text.append(part(random, secrets));
    }
    return new SecretText(secrets, text.toString(), cuts(random, text.length()));
  }

  private static String part(Random random, List<String> secrets) {
    String secret = secrets.get(random.nextInt(secrets.size()));
    return switch (random.nextInt(12)) {
      case 0, 1 -> text(random, random.nextInt(20), LETTERS.length());
      case 2 -> "\n";
      case 3 -> secret.substring(0, random.nextInt(secret.length()));
      case 4 -> secret.substring(random.nextInt(secret.length()));
      case 5 ->
          Base64.getEncoder().encodeToString(bytes(text(random, random.nextInt(4), 8) + secret));
      case 6 -> Base64.getMimeEncoder(16, new byte[] {'\n'}).encodeToString(bytes(secret));
      case 7 -> Base64.getUrlEncoder().encodeToString(bytes(secret + text(random, 2, 8)));
      case 8 -> URLEncoder.encode(secret, StandardCharsets.UTF_8);
      case 9 -> "https://" + (random.nextBoolean() ? "user:pass@host" : secret);
      case 10 -> random.nextBoolean() ? "-----BEGIN X-----\nabc\n" : "-----END X-----\n";
      default -> secret;
    };
  }

  private static String text(Random random, int length, int letters) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append(LETTERS.charAt(random.nextInt(letters)));
    }
    return text.toString();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static List<Integer> cuts(Random random, int length) {
    return random.ints(random.nextInt(8), 0, length + 1).sorted().boxed().toList();
  }

  /** The text as a stream masks it that gets it cut. */
  String maskedInParts() {
    MaskedStream stream = new Redactor(secrets).stream();
    StringBuilder out = new StringBuilder();
    int from = 0;
    for (int cut : cuts) {
      out.append(stream.write(text.substring(from, cut)));
      from = cut;
    }
    return out.append(stream.write(text.substring(from))).append(stream.end()).toString();
  }

  /** What must not be in a masked text: each line of each secret that is long enough. */
  List<String> hidden() {
    return secrets.stream()
        .flatMap(String::lines)
        .map(String::strip)
        .filter(line -> line.length() >= Patterns.SHORTEST)
        .toList();
  }
}
