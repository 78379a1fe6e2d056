package io.skypanel.worker.panel;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;

/**
 * Reads the JSON of an answer as it comes, into bounded memory: in all, and for each entry of a
 * list. What is in an entry is a customer's, and must not cost the entries beside it. For one use
 * by one thread.
 */
final class AnswerReader {
  static final int MAX_BYTES = 32 << 20;

  /** Each takes some 80 bytes. */
  static final int MAX_VALUES = 500_000;

  /** Ten times what a job may have. */
  static final int ENTRY_VALUES = 10_000;

  static final int ENTRY_CHARS = 4 << 20;

  /** As long as an id, an address or a name may be. */
  private static final int PLAIN_CHARS = 4096;

  private final ObjectMapper json;
  private int values;

  AnswerReader(ObjectMapper json) {
    this.json = json;
  }

  /** An answer that is more than fits; the message says of what. */
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

    boolean takes(int length) {
      values++;
      chars += length;
      boolean fits = values <= ENTRY_VALUES && chars <= ENTRY_CHARS;
      shortened |= !fits;
      return fits;
    }
  }

  /**
   * Reads to the end of the first value. An object in a list that is larger than an entry may be
   * lacks what did not fit, and has {@link PanelAnswer#SHORTENED}; of its own fields it keeps the
   * plain ones.
   *
   * @return a missing node if there is nothing
   * @throws TooLarge for more than 32 MiB or 500,000 values
   */
  JsonNode read(InputStream in) throws IOException {
    try (JsonParser parser = json.getFactory().createParser(new Counted(in))) {
      return parser.nextToken() == null ? MissingNode.getInstance() : value(parser, null, 0);
    }
  }

  /**
   * @param entry that it is part of; null outside of lists
   * @param depth below the entry: 0 is the entry itself
   */
  private JsonNode value(JsonParser parser, Entry entry, int depth) throws IOException {
    boolean container = parser.currentToken().isStructStart();
    int length = parser.hasToken(JsonToken.VALUE_STRING) ? parser.getTextLength() : 0;
    boolean plain = depth == 1 && !container && length <= PLAIN_CHARS;
    if (entry != null && !entry.takes(length) && depth > 0 && !plain) {
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
      parser.nextToken();
      JsonNode node = value(parser, entry, depth + 1);
      if (!node.isMissingNode()) {
        object.set(name, node);
      }
    }
    return object;
  }

  /** Ends with an error where the answer becomes too large. */
  private static final class Counted extends InputStream {
    private final InputStream in;
    private long left = MAX_BYTES;

    Counted(InputStream in) {
      this.in = in;
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
      return count;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
