package io.skypanel.worker.runtime;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Base images: the table's, or what {@code RUNTIME_IMAGE_…} puts in their place. Immutable. */
final class Images {
  private final Map<String, String> replacements;

  /**
   * @param replacements references by name; {@code java_run} and {@code java-run} are one
   */
  Images(Map<String, String> replacements) {
    this.replacements =
        replacements.entrySet().stream()
            .filter(e -> !e.getValue().isBlank())
            .collect(Collectors.toMap(e -> plain(e.getKey()), e -> e.getValue().strip()));
  }

  /** A runtime's images by name, in that version. */
  Map<String, String> of(RuntimeEntry entry, String version) {
    Map<String, String> images = new TreeMap<>();
    entry
        .images()
        .forEach(
            (name, image) ->
                images.put(
                    name,
                    replacement(name)
                        .or(() -> image.like().flatMap(this::replacement))
                        .orElse(image.image())
                        .replace("{version}", version)));
    return images;
  }

  private Optional<String> replacement(String name) {
    return Optional.ofNullable(replacements.get(plain(name)));
  }

  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
