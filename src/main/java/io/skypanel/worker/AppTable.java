package io.skypanel.worker;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The apps as a table for people. */
final class AppTable {
  private static final List<String> HEADS =
      List.of("APP", "NAME", "DEPLOYMENT", "COMMIT", "AGE", "STATE", "ADDRESS");
  private static final int SHORT_ID = 8;
  private static final int SHORT_COMMIT = 7;
  private static final String NONE = "-";

  private final Instant now;

  /** Ages are told at {@code now}. */
  AppTable(Instant now) {
    this.now = now;
  }

  /** Prints it; its heads alone if there is no app. */
  void print(JsonNode apps, PrintStream out) {
    List<List<String>> rows = new ArrayList<>(List.of(HEADS));
    apps.forEach(app -> rows.add(row(app)));
    int[] widths = new int[HEADS.size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
      }
      out.println(line.toString().stripTrailing());
    }
  }

  private List<String> row(JsonNode app) {
    return List.of(
        text(app, "appId", Integer.MAX_VALUE),
        text(app, "name", Integer.MAX_VALUE),
        text(app, "deploymentId", SHORT_ID),
        text(app, "commitSha", SHORT_COMMIT),
        app.path("since").isTextual() ? age(Instant.parse(app.path("since").asText())) : NONE,
        text(app, "state", Integer.MAX_VALUE),
        address(app));
  }

  private static String address(JsonNode app) {
    if (app.path("url").isTextual()) {
      return app.path("url").asText();
    }
    return app.path("hostPort").isInt() ? "port " + app.path("hostPort").asInt() : NONE;
  }

  private String age(Instant since) {
    Duration age = Duration.between(since, now);
    if (age.toDays() > 0) {
      return age.toDays() + "d";
    }
    if (age.toHours() > 0) {
      return age.toHours() + "h";
    }
    return age.toMinutes() > 0 ? age.toMinutes() + "m" : Math.max(0, age.toSeconds()) + "s";
  }

  /** So much of a text as there is room for, on one line. */
  private static String text(JsonNode app, String key, int most) {
    String text = app.path(key).asText(NONE).replaceAll("\\p{Cntrl}", " ");
    if (app.path(key).isNull() || text.isBlank()) {
      return NONE;
    }
    return text.length() > most ? text.substring(0, most) : text;
  }
}
