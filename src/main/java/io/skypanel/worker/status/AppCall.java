package io.skypanel.worker.status;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a call below {@code /apps} asks for.
 *
 * @param app the app's id, name or slug; empty: all apps
 * @param action what comes behind that; empty: nothing
 * @param query the query's parameters
 */
record AppCall(Optional<String> app, Optional<String> action, Map<String, String> query) {

  /** Reads it; empty for a path that is none of these. Pure. */
  static Optional<AppCall> of(URI uri) {
    try {
      // decoded segment by segment, since a name may have a slash in it
      List<String> path =
          Arrays.stream(uri.getRawPath().split("/", -1)).skip(1).map(AppCall::decoded).toList();
      boolean isList = path.size() == 1 || (path.size() == 2 && path.get(1).isEmpty());
      if (!path.get(0).equals("apps") || path.size() > 3 || (!isList && path.get(1).isEmpty())) {
        return Optional.empty();
      }
      return Optional.of(
          new AppCall(
              isList ? Optional.empty() : Optional.of(path.get(1)),
              path.size() == 3 ? Optional.of(path.get(2)) : Optional.empty(),
              query(uri.getRawQuery())));
    } catch (IllegalArgumentException malformed) {
      return Optional.empty();
    }
  }

  private static Map<String, String> query(String raw) {
    Map<String, String> query = new HashMap<>();
    for (String pair : raw == null ? new String[0] : raw.split("&", -1)) {
      int equals = pair.indexOf('=');
      query.put(
          decoded(equals < 0 ? pair : pair.substring(0, equals)),
          equals < 0 ? "true" : decoded(pair.substring(equals + 1)));
    }
    return query;
  }

  private static String decoded(String part) {
    return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  boolean isSet(String name) {
    return "true".equals(query.get(name));
  }

  Optional<String> text(String name) {
    return Optional.ofNullable(query.get(name)).filter(value -> !value.isBlank());
  }

  /** A number from 0 to {@code most}; empty if it is something else. */
  Optional<Integer> number(String name, int byDefault, int most) {
    String value = query.getOrDefault(name, String.valueOf(byDefault));
    return value.matches("\\d{1,7}") && Integer.parseInt(value) <= most
        ? Optional.of(Integer.valueOf(value))
        : Optional.empty();
  }
}
