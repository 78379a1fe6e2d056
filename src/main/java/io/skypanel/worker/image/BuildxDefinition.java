package io.skypanel.worker.image;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What one build is made of, for {@code buildx bake}, in which it stands in a file: on a command
 * line every user of the machine could read the arguments. Written as a Compose file in JSON, since
 * {@code bake}'s own format has no network in buildx 0.13.
 *
 * @param context the sources
 * @param dockerfile the Dockerfile, in the context or not
 * @param tag the image's name
 * @param labels its labels
 * @param target the stage that is built; empty: the last
 * @param arguments build arguments; values are secrets
 * @param secrets ids of build secrets and the files that hold them
 * @param offline whether commands have no network
 */
record BuildxDefinition(
    Path context,
    Path dockerfile,
    String tag,
    Map<String, String> labels,
    Optional<String> target,
    Map<String, String> arguments,
    Map<String, Path> secrets,
    boolean offline) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The file's content. */
  String text() {
    ObjectNode root = JSON.createObjectNode().put("name", "skypanel");
    ObjectNode build = root.putObject("services").putObject("app").putObject("build");
    build.put("context", escaped(context.toString()));
    build.put("dockerfile", escaped(dockerfile.toString()));
    build.putArray("tags").add(escaped(tag));
    put(build.putObject("labels"), labels);
    target.ifPresent(stage -> build.put("target", escaped(stage)));
    put(build.putObject("args"), arguments);
    if (offline) {
      build.put("network", "none");
    }
    var files = build.putObject("x-bake").putArray("secret");
    new TreeMap<>(secrets)
        .forEach((id, file) -> files.add(escaped(field("id=" + id) + "," + field("src=" + file))));
    return printable(root.toString());
  }

  private static void put(ObjectNode object, Map<String, String> values) {
    new TreeMap<>(values).forEach((name, value) -> object.put(name, escaped(value)));
  }

  /** Compose fills in variables. */
  private static String escaped(String value) {
    return value.replace("$", "$$");
  }

  /** One field of the comma-separated values in which buildx takes a secret. */
  private static String field(String value) {
    return '"' + value.replace("\"", "\"\"") + '"';
  }

  /** YAML allows fewer characters to stand for themselves than JSON does. */
  private static String printable(String json) {
    StringBuilder text = new StringBuilder(json.length());
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      if (c >= 0x7f && c < 0xa0 || c == 0x2028 || c == 0x2029 || c >= 0xfff0 || c == 0xfeff) {
        text.append(String.format("\\u%04x", (int) c));
      } else {
        text.append(c);
      }
    }
    return text.toString();
  }
}
