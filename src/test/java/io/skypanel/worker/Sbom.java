package io.skypanel.worker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.StreamSupport;

/**
 * What the CycloneDX file says.
 *
 * @param format of the file, by its own word
 * @param of the name of what it is about
 * @param sha256 checksum of each library, by the name of its file
 */
record Sbom(String format, String of, Map<String, String> sha256) {
  static Sbom of(String json) throws IOException {
    JsonNode root = new ObjectMapper().readTree(json);
    Map<String, String> sha256 = new TreeMap<>();
    for (JsonNode part : root.path("components")) {
      String jar = part.path("name").asText() + "-" + part.path("version").asText() + ".jar";
      sha256.put(
          jar,
          StreamSupport.stream(part.path("hashes").spliterator(), false)
              .filter(hash -> hash.path("alg").asText().equals("SHA-256"))
              .map(hash -> hash.path("content").asText())
              .findFirst()
              .orElse("none"));
    }
    return new Sbom(
        root.path("bomFormat").asText(),
        root.path("metadata").path("component").path("name").asText(),
        sha256);
  }

  Set<String> jars() {
    return sha256.keySet();
  }
}
