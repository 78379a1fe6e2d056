package io.skypanel.worker.bench;

import java.util.List;
import java.util.Locale;

/** Series as lines in SVG, each in a field of its own; both axes are logarithmic. */
final class Drawing {
  private static final int COLUMNS = 2;
  private static final int WIDTH = 480;
  private static final int HEIGHT = 240;
  private static final int LEFT = 40;
  private static final int TOP = 50;
  private static final int PLOT_WIDTH = WIDTH - 2 * LEFT;
  private static final int PLOT_HEIGHT = HEIGHT - TOP - 50;
  private static final double LEAST = 1e-3;

  private Drawing() {}

  static String of(List<Series> all) {
    int rows = (all.size() + COLUMNS - 1) / COLUMNS;
    StringBuilder svg = new StringBuilder();
    add(
        svg,
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' font-family='sans-serif'"
            + " font-size='12'>%n<rect width='100%%' height='100%%' fill='white'/>%n",
        WIDTH * COLUMNS,
        HEIGHT * rows);
    for (int i = 0; i < all.size(); i++) {
      add(
          svg,
          "<g transform='translate(%d %d)'>%n",
          WIDTH * (i % COLUMNS) + LEFT,
          HEIGHT * (i / COLUMNS) + TOP);
      field(svg, all.get(i));
      svg.append("</g>\n");
    }
    return svg.append("</svg>\n").toString();
  }

  private static void field(StringBuilder svg, Series series) {
    List<Series.Point> points = series.points();
    double least = points.stream().mapToDouble(p -> Math.max(p.value(), LEAST)).min().orElse(1);
    double most = points.stream().mapToDouble(p -> Math.max(p.value(), LEAST)).max().orElse(1);
    // a line that hardly grows shall look like that
    double bottom = Math.min(least, most / 10) / 2;
    double top = most * 2;
    add(svg, "<text y='-28' font-weight='bold'>%s</text>%n", series.id());
    add(svg, "<text y='-12'>%s</text>%n", Chart.escaped(series.figure()));
    add(svg, "<text y='%d'>%s</text>%n", PLOT_HEIGHT + 38, Chart.escaped(shortened(series.work())));
    add(svg, "<path d='M0 0 V%d H%d' fill='none' stroke='#888'/>%n", PLOT_HEIGHT, PLOT_WIDTH);
    double last = points.get(points.size() - 1).count();
    double first = Math.min(points.get(0).count(), last / 10);
    StringBuilder line = new StringBuilder();
    for (Series.Point point : points) {
      double x = PLOT_WIDTH * 0.9 * part(point.count(), first, last);
      double y = PLOT_HEIGHT * (1 - part(Math.max(point.value(), LEAST), bottom, top));
      add(line, "%.1f,%.1f ", x, y);
      add(svg, "<circle cx='%.1f' cy='%.1f' r='3' fill='#268'/>%n", x, y);
      add(svg, "<text x='%.1f' y='%.1f'>%s</text>%n", x + 5, y - 6, rounded(point.value()));
      add(svg, "<text x='%.1f' y='%d' fill='#666'>%d</text>%n", x, PLOT_HEIGHT + 18, point.count());
    }
    add(svg, "<polyline points='%s' fill='none' stroke='#268'/>%n", line.toString().strip());
  }

  private static double part(double value, double from, double to) {
    return (Math.log(value) - Math.log(from)) / (Math.log(to) - Math.log(from));
  }

  private static String shortened(String text) {
    return text.length() <= 64 ? text : text.substring(0, 63) + "…";
  }

  private static String rounded(double value) {
    return String.format(Locale.ROOT, value < 10 ? "%.2f" : "%,.0f", value);
  }

  private static void add(StringBuilder svg, String pattern, Object... values) {
    svg.append(String.format(Locale.ROOT, pattern, values));
  }
}
