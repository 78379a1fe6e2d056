package io.skypanel.worker.hostile;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;

/**
 * A pack of two objects: 16 MiB of zeros, and a delta that copies them 300 times. A server sends
 * the delta as it is; its index (git's gitformat-pack, version 2) gives the object a wrong name,
 * since the right one would take reading 5 GB.
 */
final class DeltaBomb {
  private static final int BASE_BYTES = 1 << 24;
  private static final int COPIES = 300;
  private static final int COPIED = BASE_BYTES - 1;
  private static final String NAME = "f".repeat(40);

  private static final int BLOB = 3;
  private static final int REF_DELTA = 7;

  private DeltaBomb() {}

  /**
   * Puts it among the repository's packs, and answers a tree's entries for both: without the base
   * the server would have to send the whole object.
   */
  static RawRepository.Entry[] in(RawRepository repository) {
    try {
      byte[] base = new byte[BASE_BYTES];
      MessageDigest name = sha1();
      name.update(("blob " + BASE_BYTES + "\0").getBytes(StandardCharsets.US_ASCII));
      byte[] baseName = name.digest(base);
      write(repository.packs(), baseName, base);
      return new RawRepository.Entry[] {
        new RawRepository.Entry(RawRepository.FILE, "base", HexFormat.of().formatHex(baseName)),
        new RawRepository.Entry(RawRepository.FILE, "bomb", NAME)
      };
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(Path packs, byte[] baseName, byte[] base) throws IOException {
    byte[] first = object(BLOB, base.length, new byte[0], base);
    byte[] delta = delta();
    byte[] second = object(REF_DELTA, delta.length, baseName, delta);
    var pack = new ByteArrayOutputStream();
    var out = new DataOutputStream(pack);
    out.writeBytes("PACK");
    out.writeInt(2);
    out.writeInt(2);
    int firstAt = out.size();
    out.write(first);
    int secondAt = out.size();
    out.write(second);
    byte[] checksum = sha1().digest(pack.toByteArray());
    out.write(checksum);

    var index = new ByteArrayOutputStream();
    out = new DataOutputStream(index);
    out.write(HexFormat.of().parseHex("ff744f63"));
    out.writeInt(2);
    for (int i = 0; i < 256; i++) {
      out.writeInt(i == 255 ? 2 : i >= (baseName[0] & 0xff) ? 1 : 0);
    }
    out.write(baseName);
    out.write(HexFormat.of().parseHex(NAME));
    out.writeInt(crc(first));
    out.writeInt(crc(second));
    out.writeInt(firstAt);
    out.writeInt(secondAt);
    out.write(checksum);
    out.write(sha1().digest(index.toByteArray()));

    String file = "pack-" + HexFormat.of().formatHex(checksum);
    Files.createDirectories(packs);
    Files.write(packs.resolve(file + ".pack"), pack.toByteArray());
    Files.write(packs.resolve(file + ".idx"), index.toByteArray());
  }

  private static byte[] delta() {
    var delta = new ByteArrayOutputStream();
    number(delta, BASE_BYTES);
    number(delta, (long) COPIES * COPIED);
    for (int i = 0; i < COPIES; i++) {
      // copy from 0, and three bytes of size follow
      delta.write(0x80 | 0x70);
      delta.writeBytes(new byte[] {(byte) 0xff, (byte) 0xff, (byte) 0xff});
    }
    return delta.toByteArray();
  }

  private static byte[] object(int type, int size, byte[] base, byte[] content) throws IOException {
    var object = new ByteArrayOutputStream();
    int rest = size >> 4;
    object.write((rest > 0 ? 0x80 : 0) | type << 4 | size & 0xf);
    if (rest > 0) {
      number(object, rest);
    }
    object.writeBytes(base);
    try (var deflated = new DeflaterOutputStream(object)) {
      deflated.write(content);
    }
    return object.toByteArray();
  }

  /** Seven bits a byte, the lowest first. */
  private static void number(ByteArrayOutputStream out, long number) {
    long rest = number;
    for (; rest >= 0x80; rest >>= 7) {
      out.write((int) (rest & 0x7f | 0x80));
    }
    out.write((int) rest);
  }

  private static int crc(byte[] bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  private static MessageDigest sha1() {
    try {
      return MessageDigest.getInstance("SHA-1");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
