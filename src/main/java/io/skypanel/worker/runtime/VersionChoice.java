package io.skypanel.worker.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import io.skypanel.worker.job.BuildFailure;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.stream.Collectors;

/**
 * Chooses the version of a runtime: what the operator or the job wants, else what the repository
 * says, else the table's default. Immutable.
 */
final class VersionChoice {
  private static final int SHOWN = 60;

  private final RuntimeEntry entry;
  private final RuntimeEntry.Versions versions;
  private final LocalDate today;

  VersionChoice(RuntimeEntry entry, RuntimeEntry.Versions versions, LocalDate today) {
    this.entry = entry;
    this.versions = versions;
    this.today = today;
  }

  /** What somebody wants, and who: the place for the build log. */
  private record Wanted(String text, String place, boolean minimum) {}

  /**
   * Chooses.
   *
   * @param reasons gets why
   * @throws BuildFailure.UserFault if a version is wanted that the table lacks
   */
  String choose(Repository repository, Wish wish, List<String> reasons) throws BuildFailure {
    Optional<Wanted> wanted = wanted(repository, wish);
    if (wanted.isEmpty()) {
      reasons.add(
          "Detected %s %s, the default: nothing in the repository names a version"
              .formatted(entry.name(), versions.standard()));
      return versions.standard();
    }
    RuntimeEntry.Version chosen = resolve(wanted.get());
    String text = wanted.get().text();
    reasons.add(
        "Detected %s %s from %s%s"
            .formatted(
                entry.name(),
                chosen.version(),
                wanted.get().place(),
                text.equals(chosen.version())
                    ? ""
                    : " (" + (wanted.get().minimum() ? "at least " : "") + shown(text) + ")"));
    chosen
        .eol()
        .filter(eol -> eol.isBefore(today))
        .ifPresent(
            eol ->
                reasons.add(
                    "Warning: %s %s gets no security fixes since %s; move to %s"
                        .formatted(entry.name(), chosen.version(), eol, versions.standard())));
    return chosen.version();
  }

  private RuntimeEntry.Version resolve(Wanted wanted) throws BuildFailure {
    String text = wanted.text();
    String name = text.toLowerCase(Locale.ROOT).replaceFirst("^lts/", "");
    Optional<VersionRange> range =
        wanted.minimum() ? VersionRange.from(text) : VersionRange.parse(text);
    Optional<RuntimeEntry.Version> chosen =
        find(v -> !wanted.minimum() && v.version().equals(text))
            .or(() -> find(v -> v.also().contains(name)))
            .or(() -> find(v -> isStandard(v) && range.filter(r -> accepts(r, v)).isPresent()))
            .or(() -> find(v -> !isOver(v) && range.filter(r -> accepts(r, v)).isPresent()))
            .or(() -> find(v -> range.filter(r -> accepts(r, v)).isPresent()));
    return chosen.orElseThrow(() -> unknown(wanted));
  }

  private static boolean accepts(VersionRange range, RuntimeEntry.Version version) {
    return range.meets(version.version())
        || version.also().stream().anyMatch(a -> a.matches("[0-9.]+") && range.meets(a));
  }

  private boolean isStandard(RuntimeEntry.Version version) {
    return version.version().equals(versions.standard());
  }

  private boolean isOver(RuntimeEntry.Version version) {
    return version.eol().filter(eol -> eol.isBefore(today)).isPresent();
  }

  /** The newest that fits. */
  private Optional<RuntimeEntry.Version> find(Predicate<RuntimeEntry.Version> fits) {
    return versions.supported().stream().filter(fits).reduce((older, newer) -> newer);
  }

  private Optional<Wanted> wanted(Repository repository, Wish wish) throws BuildFailure {
    String asked = wish.versions().getOrDefault(entry.id(), "").strip();
    if (!asked.isEmpty()) {
      return Optional.of(
          new Wanted(asked, wish.origin(entry.id()).orElse("the job's settings"), false));
    }
    for (RuntimeEntry.Source source : versions.from()) {
      for (String file : repository.glob(source.file())) {
        Optional<String> text =
            source.match().isPresent()
                ? match(source, repository.text(file).orElse(""))
                : at(repository.tree(file).at(source.pointer().orElseThrow()));
        if (text.isPresent()) {
          return Optional.of(new Wanted(text.get().strip(), place(source, file), source.minimum()));
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<String> match(RuntimeEntry.Source source, String text) {
    Matcher matcher = source.match().orElseThrow().matcher(text);
    return matcher.find()
        ? Optional.ofNullable(matcher.group(1)).map(v -> v.replace('_', '.'))
        : Optional.empty();
  }

  private static Optional<String> at(JsonNode node) {
    return Optional.of(node)
        .filter(JsonNode::isValueNode)
        .map(JsonNode::asText)
        .filter(text -> !text.isBlank());
  }

  private static String place(RuntimeEntry.Source source, String file) {
    return source
        .pointer()
        .map(pointer -> pointer.substring(1).replace('/', '.') + " of " + file)
        .orElse(file);
  }

  /** Safe in one line of a log. */
  private static String shown(String text) {
    String line = text.strip().replaceAll("\\p{Cntrl}+", "\u2424");
    return line.length() > SHOWN ? line.substring(0, SHOWN) + "\u2026" : line;
  }

  private BuildFailure.UserFault unknown(Wanted wanted) {
    String known =
        versions.supported().stream()
            .map(RuntimeEntry.Version::version)
            .collect(Collectors.joining(", "));
    return new BuildFailure.UserFault(
        "%s asks for %s '%s', which is none of %s; correct it"
            .formatted(capital(wanted.place()), entry.name(), shown(wanted.text()), known));
  }

  private static String capital(String text) {
    return text.startsWith("the ") ? "T" + text.substring(1) : text;
  }
}
