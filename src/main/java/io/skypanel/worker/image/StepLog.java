package io.skypanel.worker.image;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The output of one step, which comes in parts that may end within a line or a character. Holds one
 * line, and of that 8 KiB at most. For one thread.
 */
final class StepLog {
  private static final int MAX_HELD = 8 * 1024;

  private final ByteArrayOutputStream held = new ByteArrayOutputStream();

  /** Takes the next part; gives the lines that are whole now, with their breaks. */
  String accept(byte[] data) {
    held.writeBytes(data);
    byte[] all = held.toByteArray();
    int end = all.length;
    while (end > 0 && all[end - 1] != '\n') {
      end--;
    }
    if (all.length - end > MAX_HELD) {
      end = wholeCharacters(all);
    }
    held.reset();
    held.write(all, end, all.length - end);
    return text(all, end);
  }

  /** What is left at the step's end, with a break; nothing if that is nothing. */
  String end() {
    byte[] rest = held.toByteArray();
    held.reset();
    return rest.length == 0 ? "" : text(rest, rest.length) + "\n";
  }

  /** Where the last character that is whole ends. */
  private static int wholeCharacters(byte[] bytes) {
    int start = bytes.length - 1;
    while (start > bytes.length - 4 && (bytes[start] & 0xC0) == 0x80) {
      start--;
    }
    boolean begun = (bytes[start] & 0xC0) == 0xC0;
    return begun ? start : bytes.length;
  }

  private static String text(byte[] bytes, int length) {
    return new String(Arrays.copyOf(bytes, length), StandardCharsets.UTF_8);
  }
}
