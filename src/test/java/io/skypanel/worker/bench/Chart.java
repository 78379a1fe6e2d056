package io.skypanel.worker.bench;

import java.util.List;
import java.util.Locale;

/** Rows as bars in SVG: how much of its goal each took; what reaches beyond the line missed it. */
final class Chart {
  private static final int LINE = 34;
  private static final int LABELS = 430;
  private static final int GOAL = 300;
  private static final int WIDTH = 1000;
  private static final int TOP = 30;

  private Chart() {}

  static String of(List<Row> rows) {
    int height = TOP + LINE * rows.size() + 10;
    StringBuilder svg = new StringBuilder();
    add(
        svg,
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' font-family='sans-serif'"
            + " font-size='13'>%n<rect width='100%%' height='100%%' fill='white'/>%n",
        WIDTH,
        height);
    for (int i = 0; i < rows.size(); i++) {
      bar(svg, rows.get(i), TOP + LINE * i);
    }
    int goal = LABELS + GOAL;
    add(svg, "<path d='M%d %d V%d' stroke='black'/>%n", goal, TOP - 10, height - 5);
    add(svg, "<text x='%d' y='%d' text-anchor='middle'>goal</text>%n", goal, TOP - 14);
    return svg.append("</svg>\n").toString();
  }

  private static void bar(StringBuilder svg, Row row, int y) {
    double part = row.result() / row.goal();
    double width = Math.min(part * GOAL, WIDTH - LABELS - 100);
    add(svg, "<text x='%d' y='%d' text-anchor='end'>%s</text>%n", LABELS - 8, y + 18, label(row));
    add(
        svg,
        "<rect x='%d' y='%d' width='%.1f' height='%d' fill='%s'/>%n",
        LABELS,
        y + 4,
        width,
        LINE - 12,
        row.isReached() ? "#3a7" : "#c63");
    add(svg, "<text x='%.1f' y='%d'>%s</text>%n", LABELS + width + 6, y + 18, result(row));
  }

  private static String label(Row row) {
    return escaped(row.id() + ": " + row.ours());
  }

  /** Fit for a text in SVG. */
  static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  private static String result(Row row) {
    return row.isRatio()
        ? String.format(Locale.ROOT, "%.2f x", row.result())
        : Table.figure(row.result(), row.unit());
  }

  private static void add(StringBuilder svg, String pattern, Object... values) {
    svg.append(String.format(Locale.ROOT, pattern, values));
  }
}
