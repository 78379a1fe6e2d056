package io.skypanel.worker.panel;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.function.Predicate;
import org.apache.hc.core5.http.io.EofSensorInputStream;

/**
 * Reads the JSON of an answer as it comes, into bounded memory: in all, and for each entry of a
 * list. What is in an entry is a customer's, and must not cost the entries beside it. For one use
 * by one thread.
 */
final class AnswerReader {
  static final int MAX_BYTES = 32 << 20;
  static final Duration MAX_TIME = Duration.ofMinutes(2);

  /** Each takes some 80 bytes. */
  static final int MAX_VALUES = 500_000;

  /** Ten times what a job may have. */
  static final int ENTRY_VALUES = 10_000;

  static final int ENTRY_CHARS = 4 << 20;

  /** As long as an id, an address or a name may be; a number of more takes long to read. */
  private static final int PLAIN_CHARS = 4096;

  /** Far more than a job has. */
  private static final int ENTRY_DEPTH = 100;

  /** What lies deeper is passed over; each level takes some 60 bytes. */
  private static final int MAX_DEPTH = 100_000;

  /** Lets all through that is bounded here, or one customer's entry would end the whole answer. */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNameLength(MAX_BYTES)
                  .maxStringLength(MAX_BYTES)
                  .maxNumberLength(MAX_BYTES)
                  .maxNestingDepth(MAX_DEPTH)
                  .build())
          // names are customers', and none would be forgotten
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .build();

  private final ObjectMapper json;
  private final Predicate<String> ofApps;
  private int values;

  /**
   * @param ofApps as in {@link PanelRequest}
   */
  AnswerReader(ObjectMapper json, Predicate<String> ofApps) {
    this.json = json;
    this.ofApps = ofApps;
  }

  /** More than fits; the message says of what. */
  static final class TooLarge extends IOException {
    private static final long serialVersionUID = 1L;

    TooLarge(String message) {
      super(message);
    }
  }

  /** What an entry of a list has taken so far. */
  private static final class Entry {
    private int values;
    private int chars;
    private boolean shortened;

    void take(int length) {
      values++;
      chars += length;
      shortened |= values > ENTRY_VALUES || chars > ENTRY_CHARS;
    }
  }

  /**
   * Reads to the end, so that the connection can be used again; if that fails, cuts it off. An
   * object in a list that is larger than an entry may be lacks what did not fit, and has {@link
   * PanelAnswer#SHORTENED}; of its own fields it keeps the plain ones. One of an app that is not
   * asked for is left out.
   *
   * @param startedNanos {@link System#nanoTime()} when the call was begun
   * @return a missing node if there is nothing
   * @throws TooLarge for more than 32 MiB, 500,000 values or two minutes
   */
  JsonNode read(InputStream in, long startedNanos) throws IOException {
    boolean complete = false;
    try {
      JsonNode answer = value(new Bounded(in, startedNanos));
      in.close();
      complete = true;
      return answer;
    } finally {
      if (!complete) {
        cutOff(in);
      }
    }
  }

  /** Ends the connection: to close what comes over it would be to read the rest, however long. */
  static void cutOff(InputStream in) throws IOException {
    if (in instanceof EofSensorInputStream ofConnection) {
      ofConnection.abort();
    } else {
      in.close();
    }
  }

  private JsonNode value(InputStream in) throws IOException {
    try (JsonParser parser = JSON.createParser(in)) {
      JsonNode first =
          parser.nextToken() == null ? MissingNode.getInstance() : value(parser, null, 0);
      in.transferTo(OutputStream.nullOutputStream());
      return first;
    }
  }

  /**
   * @param entry that it is part of; null outside of lists
   * @param depth below the entry: 0 is the entry itself
   */
  private JsonNode value(JsonParser parser, Entry entry, int depth) throws IOException {
    boolean container = parser.currentToken().isStructStart();
    int length = container ? 0 : parser.getTextLength();
    boolean fits = parser.currentToken().isNumeric() ? length <= PLAIN_CHARS : depth <= ENTRY_DEPTH;
    if (entry != null) {
      entry.take(length);
      entry.shortened |= !fits;
    }
    boolean kept =
        entry == null || !entry.shortened || depth == 0 || depth == 1 && isPlain(container, length);
    if (!fits || !kept) {
      parser.skipChildren();
      return MissingNode.getInstance();
    }
    if (++values > MAX_VALUES) {
      throw new TooLarge("the answer has more than " + MAX_VALUES + " values");
    }
    if (!container) {
      return json.readTree(parser);
    }
    return parser.isExpectedStartArrayToken()
        ? array(parser, entry, depth)
        : object(parser, entry, depth);
  }

  private static boolean isPlain(boolean container, int length) {
    return !container && length <= PLAIN_CHARS;
  }

  private JsonNode array(JsonParser parser, Entry within, int depth) throws IOException {
    ArrayNode array = json.createArrayNode();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      Entry entry = within == null ? new Entry() : within;
      JsonNode node = value(parser, entry, within == null ? 0 : depth + 1);
      if (within == null && entry.shortened && node instanceof ObjectNode object) {
        object.put(PanelAnswer.SHORTENED, true);
      }
      if (!node.isMissingNode()) {
        array.add(node);
      }
    }
    return array;
  }

  private JsonNode object(JsonParser parser, Entry entry, int depth) throws IOException {
    ObjectNode object = json.createObjectNode();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      if (entry != null) {
        entry.take(name.length());
        entry.shortened |= name.length() > PLAIN_CHARS;
      }
      parser.nextToken();
      JsonNode node = value(parser, entry, depth + 1);
      if (!node.isMissingNode() && name.length() <= PLAIN_CHARS) {
        object.set(name, node);
      }
      if (entry != null && depth == 0 && name.equals("appId") && !isOfApps(node)) {
        passOver(parser);
        return MissingNode.getInstance();
      }
    }
    return object;
  }

  private boolean isOfApps(JsonNode appId) {
    return !appId.isTextual() || ofApps.test(appId.asText());
  }

  /** The rest of an object. */
  private static void passOver(JsonParser parser) throws IOException {
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      parser.nextToken();
      parser.skipChildren();
    }
  }

  /** Ends with an error where the answer becomes too large or takes too long. */
  private static final class Bounded extends FilterInputStream {
    private final long startedNanos;
    private long left = MAX_BYTES;

    Bounded(InputStream in, long startedNanos) {
      super(in);
      this.startedNanos = startedNanos;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int count = in.read(bytes, offset, length);
      left -= Math.max(0, count);
      if (left < 0) {
        throw new TooLarge("the answer is larger than 32 MiB");
      }
      if (System.nanoTime() - startedNanos > MAX_TIME.toNanos()) {
        throw new TooLarge("the answer takes longer than " + MAX_TIME.toMinutes() + " minutes");
      }
      return count;
    }

    /** The parser's end is not the answer's. */
    @Override
    public void close() {}
  }
}
