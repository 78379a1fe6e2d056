package io.skypanel.worker.image;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.function.Consumer;

/**
 * Parts a program's output into the JSON objects and the lines of text in it. Objects may stand on
 * one line or on many, as buildx 0.13 writes them. Holds one object or line at most, and of that so
 * much and no more. For one thread.
 */
final class JsonStream {
  /**
   * BuildKit says a mebibyte of output at once at most, which is a third more in base64; a larger
   * object is left out, since it is held several times over until it is understood.
   */
  static final int MAX_OBJECT = 2 * 1024 * 1024;

  /** Read, even the smallest part of an object takes a hundred times its own room. */
  private static final int MAX_PARTS = 50_000;

  private static final int MAX_LINE = 16 * 1024;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Consumer<JsonNode> objects;
  private final Consumer<String> lines;
  private final StringBuilder held = new StringBuilder();

  /** Whether nothing but blanks is held. */
  private boolean blank = true;

  private boolean tooLarge;
  private int parts;
  private int depth;
  private boolean inString;
  private boolean escaped;

  /**
   * @param objects gets each object
   * @param lines gets each line that is in no object, without its break; blank ones are left out
   */
  JsonStream(Consumer<JsonNode> objects, Consumer<String> lines) {
    this.objects = objects;
    this.lines = lines;
  }

  /** Takes what comes next. */
  void accept(String chunk) {
    for (int i = 0; i < chunk.length(); i++) {
      char c = chunk.charAt(i);
      if (depth > 0) {
        inObject(c);
      } else if (c == '{' && blank) {
        held.setLength(0);
        hold(c, MAX_OBJECT);
        depth = 1;
      } else if (c == '\n') {
        endLine();
      } else {
        blank &= Character.isWhitespace(c);
        hold(c, MAX_LINE);
      }
    }
  }

  /** Hands over what has no end; an object that was begun is text. */
  void finish() {
    depth = 0;
    String rest = held.toString();
    reset();
    rest.lines().filter(line -> !line.isBlank()).map(JsonStream::clipped).forEach(lines);
  }

  private void inObject(char c) {
    hold(c, MAX_OBJECT);
    if (inString) {
      inString = escaped || c != '"';
      escaped = !escaped && c == '\\';
    } else if (c == '"') {
      inString = true;
    } else if (c == '{' || c == '[') {
      depth += c == '{' ? 1 : 0;
      tooLarge |= ++parts > MAX_PARTS;
    } else if (c == '}' && --depth == 0) {
      endObject();
    }
  }

  private void endObject() {
    String text = held.toString();
    boolean whole = !tooLarge;
    reset();
    if (whole) {
      try {
        objects.accept(JSON.readTree(text));
      } catch (JsonProcessingException e) {
        lines.accept(clipped(text));
      }
    }
  }

  private void endLine() {
    String line = held.toString();
    reset();
    if (!line.isBlank()) {
      lines.accept(line);
    }
  }

  private static String clipped(String line) {
    return line.length() <= MAX_LINE ? line : line.substring(0, MAX_LINE);
  }

  private void hold(char c, int limit) {
    if (held.length() < limit) {
      held.append(c);
    } else {
      tooLarge = true;
    }
  }

  private void reset() {
    // a large object's room is not kept for the small ones after it
    if (held.capacity() > MAX_LINE) {
      held.setLength(0);
      held.trimToSize();
    }
    held.setLength(0);
    blank = true;
    tooLarge = false;
    parts = 0;
    inString = false;
    escaped = false;
  }
}
