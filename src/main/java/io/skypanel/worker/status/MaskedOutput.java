package io.skypanel.worker.status;

import io.skypanel.worker.redact.MaskedStream;
import io.skypanel.worker.redact.Redactor;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Masks an app's output, which comes in pieces that may end within a secret or a character. What is
 * no UTF-8 is replaced. For one thread.
 */
final class MaskedOutput {
  private final MaskedStream stream;
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);
  private byte[] begun = {};

  MaskedOutput(Redactor redactor) {
    this.stream = redactor.stream();
  }

  /** Takes a piece; gives what may be shown now. */
  byte[] accept(byte[] piece) {
    return bytes(stream.write(decoded(piece, false)));
  }

  /** Gives a line that is held back because a secret may go on in the next. */
  byte[] pause() {
    return bytes(stream.holdsLine() ? stream.release() : "");
  }

  /** Gives what is held back, at the end. */
  byte[] end() {
    return bytes(stream.write(decoded(new byte[0], true)) + stream.end());
  }

  private String decoded(byte[] piece, boolean atEnd) {
    ByteBuffer in = ByteBuffer.allocate(begun.length + piece.length).put(begun).put(piece).flip();
    CharBuffer out = CharBuffer.allocate(in.remaining() + 1);
    decoder.decode(in, out, atEnd);
    begun = new byte[in.remaining()];
    in.get(begun);
    return out.flip().toString();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
