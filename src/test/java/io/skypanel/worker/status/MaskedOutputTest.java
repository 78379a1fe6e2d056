package io.skypanel.worker.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.skypanel.worker.redact.Redactor;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class MaskedOutputTest {
  private final MaskedOutput output = new MaskedOutput(new Redactor(List.of("geheimnis-übergabe")));

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void aSecretIsMaskedThoughEachByteComesByItself() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte b : bytes("ä geheimnis-übergabe 漢\n")) {
      out.writeBytes(output.accept(new byte[] {b}));
    }
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("ä **** 漢\n");
  }

  @Test
  void aLineThatMayGoOnIsShownInAPauseAndABegunSecretIsNot() {
    assertThat(output.accept(bytes("ready: geheimnis-\n"))).isEqualTo(bytes("ready: "));
    assertThat(output.pause()).isEqualTo(bytes("geheimnis-\n"));
    assertThat(output.accept(bytes("ready: geheimnis-"))).isEqualTo(bytes("ready: "));
    assertThat(output.pause()).isEmpty();
    assertThat(output.end()).isEqualTo(bytes("geheimnis-"));
  }

  @Test
  void whatIsNoUtf8IsReplaced() {
    assertThat(output.accept(new byte[] {'a', (byte) 0xff, 'b'})).isEqualTo(bytes("a\ufffdb"));
    output.accept(new byte[] {(byte) 0xc3});
    assertThat(output.end()).isEqualTo(bytes("\ufffd"));
  }
}
