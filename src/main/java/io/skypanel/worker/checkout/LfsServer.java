package io.skypanel.worker.checkout;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.skypanel.worker.job.Shown;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An LFS server: says where objects are, which then are fetched. For one thread at a time.
 *
 * @param http calls it
 * @param url its address, to which {@code /objects/batch} is added
 * @param headers what it wants to be told beside a login
 * @see <a href="https://github.com/git-lfs/git-lfs/blob/main/docs/api/batch.md">its interface</a>
 */
record LfsServer(GateHttp http, String url, Map<String, String> headers) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TYPE = "application/vnd.git-lfs+json";
  private static final int MAX_ANSWER_BYTES = 8 << 20;
  private static final int MAX_HEADERS = 50;
  private static final int TRIES = 3;

  /** Where one object is, and what its own host wants to be told. */
  private record Place(String href, Map<String, String> headers) {}

  private interface Step<T> {
    T run() throws IOException;
  }

  /**
   * Fetches what is not there yet.
   *
   * @param objects git-lfs's folder of them
   * @throws LfsRefusal saying what is the matter with them
   * @throws IOException if the server can't be reached
   */
  void fetch(List<LfsPointer> pointers, Path objects) throws IOException {
    Map<String, Place> places = again(() -> places(pointers));
    for (LfsPointer pointer : pointers) {
      Place place = places.get(pointer.oid());
      if (place == null) {
        throw new LfsRefusal("the server does not say where object " + pointer.oid() + " is");
      }
      again(() -> download(pointer, place, objects));
    }
  }

  private static <T> T again(Step<T> step) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        return step.run();
      } catch (LfsRefusal e) {
        throw e;
      } catch (IOException e) {
        if (attempt == TRIES) {
          throw e;
        }
      }
    }
  }

  private Map<String, Place> places(List<LfsPointer> pointers) throws IOException {
    ObjectNode question = JSON.createObjectNode().put("operation", "download");
    question.putArray("transfers").add("basic");
    ArrayNode objects = question.putArray("objects");
    pointers.forEach(p -> objects.addObject().put("oid", p.oid()).put("size", p.size()));
    Map<String, String> sent = new HashMap<>(headers);
    sent.put("Accept", TYPE);
    int query = url.indexOf('?');
    String path = query < 0 ? url : url.substring(0, query);
    return places(
        http.send(
            path.replaceFirst("/+$", "") + "/objects/batch",
            sent,
            Optional.of(JSON.writeValueAsBytes(question)),
            LfsServer::answer));
  }

  private static JsonNode answer(int status, InputStream body) throws IOException {
    byte[] bytes = body.readNBytes(MAX_ANSWER_BYTES + 1);
    check(status, bytes);
    if (bytes.length > MAX_ANSWER_BYTES) {
      throw new LfsRefusal("the server's answer is larger than 8 MiB");
    }
    try {
      return JSON.readTree(bytes);
    } catch (JsonProcessingException e) {
      throw new LfsRefusal("the server's answer is no JSON");
    }
  }

  private static void check(int status, byte[] body) throws IOException {
    String said = "the server answers HTTP " + status;
    if (status == 401 || status == 403) {
      throw new LfsRefusal(said + ": the credential for it is missing or wrong");
    }
    if (status == 429 || status >= 500) {
      throw new IOException(said);
    }
    if (status != 200) {
      throw new LfsRefusal(said + message(body));
    }
  }

  private static String message(byte[] body) {
    try {
      String message = JSON.readTree(body).path("message").asText("");
      return message.isEmpty() ? "" : ": " + Shown.of(message);
    } catch (IOException noJson) {
      return "";
    }
  }

  private static Map<String, Place> places(JsonNode answer) throws IOException {
    Map<String, Place> places = new HashMap<>();
    for (JsonNode object : answer.path("objects")) {
      String oid = object.path("oid").asText();
      if (object.hasNonNull("error")) {
        throw new LfsRefusal(
            "of object %s the server says %s"
                .formatted(Shown.of(oid), Shown.of(object.path("error").path("message").asText())));
      }
      JsonNode download = object.path("actions").path("download");
      if (download.path("href").isTextual()) {
        places.put(oid, new Place(download.path("href").asText(), headers(download)));
      }
    }
    return places;
  }

  static Map<String, String> headers(JsonNode action) throws IOException {
    Map<String, String> headers = new HashMap<>();
    for (Map.Entry<String, JsonNode> header : action.path("header").properties()) {
      String value = header.getValue().asText();
      boolean plain =
          header.getKey().matches("[A-Za-z0-9-]{1,100}") && value.matches("[\\x20-\\x7e]{0,8000}");
      if (!plain || headers.size() == MAX_HEADERS) {
        throw new LfsRefusal("the server wants headers that are none");
      }
      headers.put(header.getKey(), value);
    }
    return headers;
  }

  private Path download(LfsPointer pointer, Place place, Path objects) throws IOException {
    String oid = pointer.oid();
    Path folder =
        Files.createDirectories(objects.resolve(oid.substring(0, 2)).resolve(oid.substring(2, 4)));
    Path unfinished = Files.createTempFile(folder, "fetched", null);
    try {
      String found =
          http.send(
              place.href(),
              place.headers(),
              Optional.empty(),
              (status, body) -> {
                check(status, new byte[0]);
                return copy(body, unfinished, pointer.size());
              });
      if (!found.equals(oid)) {
        throw new LfsRefusal("what comes for object " + oid + " is another");
      }
      return Files.move(unfinished, folder.resolve(oid), StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(unfinished);
    }
  }

  /** Gives the SHA-256 of what came, which is of that size. */
  private static String copy(InputStream body, Path file, long size) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      DigestInputStream in = new DigestInputStream(body, MessageDigest.getInstance("SHA-256"));
      byte[] buffer = new byte[64 * 1024];
      long left = size;
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        left -= read;
        if (left < 0) {
          throw new LfsRefusal("an object is larger than its pointer says, " + size + " bytes");
        }
        out.write(buffer, 0, read);
      }
      if (left > 0) {
        throw new IOException("an object is smaller than its pointer says, " + size + " bytes");
      }
      return HexFormat.of().formatHex(in.getMessageDigest().digest());
    } catch (NoSuchAlgorithmException everyJavaHasIt) {
      throw new IllegalStateException(everyJavaHasIt);
    }
  }
}
