package io.skypanel.worker.bench;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Rows as a table in Markdown. */
final class Table {
  private static final String HEAD =
      "| Work | Measured | Worker | Beside it | Ratio | Goal | Reached |\n"
          + "| --- | --- | --- | --- | --- | --- | --- |\n";

  private Table() {}

  static String of(List<Row> rows) {
    return HEAD + rows.stream().map(Table::line).collect(Collectors.joining());
  }

  /** Series as lists of figures, one line each. */
  static String ofSeries(List<Series> all) {
    return "| What grows | Figure | Measured |\n| --- | --- | --- |\n"
        + all.stream().map(Table::line).collect(Collectors.joining());
  }

  private static String line(Series series) {
    String goal = Double.isNaN(series.goal()) ? "" : format(" %,.0f", series.goal());
    return format(
        "| %s | %s%s | %s |%n",
        series.work(),
        series.figure(),
        goal,
        series.points().stream()
            .map(p -> format(p.value() < 10 ? "%,d: %.2f" : "%,d: %,.0f", p.count(), p.value()))
            .collect(Collectors.joining("; ")));
  }

  private static String line(Row row) {
    return format(
        "| %s | %s | %s | %s | %s | <= %s | %s |%n",
        row.work(),
        row.ours(),
        figure(row.ourMedian(), row.unit()),
        row.isRatio() ? figure(row.theirMedian(), row.unit()) + ": `" + row.theirs() + "`" : "",
        row.isRatio() ? format("%.2f", row.result()) : "",
        row.isRatio() ? format("%.2f", row.goal()) : figure(row.goal(), row.unit()),
        row.isReached() ? "yes" : "no");
  }

  static String figure(double value, String unit) {
    return value < 1 && unit.equals("s")
        ? format("%.0f ms", value * 1e3)
        : format(value < 10 ? "%.2f %s" : "%.0f %s", value, unit);
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
