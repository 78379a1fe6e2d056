package io.skypanel.worker.settings;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * The part of a panel's apps that this worker takes, so that several workers on one panel build
 * nothing twice and an app comes back to the machine it runs on.
 *
 * @param index this worker's part, from 1
 * @param count how many parts there are
 */
public record Shard(int index, int count) {
  /** Every app. */
  public static final Shard ALL = new Shard(1, 1);

  private static final Pattern FORM = Pattern.compile("(\\d{1,4})/(\\d{1,4})");

  public Shard {
    if (count < 1 || index < 1 || index > count) {
      throw new IllegalArgumentException(index + "/" + count);
    }
  }

  /** Reads {@code i/n}; throws IllegalArgumentException for anything else. */
  public static Shard parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(text);
    }
    return new Shard(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
  }

  /** Whether the app is this worker's. Depends on the id alone, the same on every machine. */
  public boolean takes(String appId) {
    CRC32 crc = new CRC32();
    crc.update(appId.getBytes(StandardCharsets.UTF_8));
    return crc.getValue() % count == index - 1;
  }

  @Override
  public String toString() {
    return index + "/" + count;
  }
}
