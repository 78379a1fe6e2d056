package io.skypanel.worker.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StatusMessageTest {
  /** As an engine 20.10 sent it of {@code FROM skypanel-sandbox/busybox:1}. */
  private static final String LOADED =
      "CqgBCkdzaGEyNTY6MmIxZWQ2MzI3Zjk0MDAyOWFhMmI4MGVlNGE3MmY0Nzk2ZjNhNTI0N2VhMWRjNTA0N2QzMjE2OWVkMDc1NjNj"
          + "ZhpBW2ludGVybmFsXSBsb2FkIG1ldGFkYXRhIGZvciBkb2NrZXIuaW8vc2t5cGFuZWwtc2FuZGJveC9idXN5Ym94OjEqDAj4waj"
          + "YBhCCv4HlATIMCPjBqNgGEITrpOUB";

  @Test
  void aPartOfTheBuildIsReadAsTheEngineSendsIt() throws IOException {
    SolveStatus status = StatusMessage.read(Base64.getDecoder().decode(LOADED));

    assertThat(status.vertices())
        .containsExactly(
            new SolveStatus.Vertex(
                "sha256:2b1ed6327f940029aa2b80ee4a72f4796f3a5247ea1dc5047d32169ed07563cf",
                "[internal] load metadata for docker.io/skypanel-sandbox/busybox:1",
                true,
                true,
                false,
                Optional.empty()));
    assertThat(status.logs()).isEmpty();
    assertThat(status.transfers()).isEmpty();
  }

  @Test
  void outputTransfersErrorsAndWhatTheCacheHadAreRead() throws IOException {
    SolveStatus status =
        StatusMessage.read(
            message(
                out -> {
                  out.writeByteArray(
                      1,
                      message(
                          vertex -> {
                            vertex.writeString(1, "v");
                            vertex.writeString(3, "[1/2] RUN x");
                            vertex.writeBool(4, true);
                            vertex.writeString(7, "exit code: 3");
                          }));
                  out.writeByteArray(
                      2,
                      message(
                          transfer -> {
                            transfer.writeString(1, "transferring context:");
                            transfer.writeInt64(4, 5_000_000_000L);
                          }));
                  out.writeByteArray(
                      3,
                      message(
                          log -> {
                            log.writeString(1, "v");
                            log.writeByteArray(4, "hello".getBytes(StandardCharsets.UTF_8));
                          }));
                }));

    assertThat(status.vertices())
        .containsExactly(
            new SolveStatus.Vertex(
                "v", "[1/2] RUN x", false, false, true, Optional.of("exit code: 3")));
    assertThat(status.transfers())
        .containsExactly(new SolveStatus.Transfer("transferring context:", 5_000_000_000L));
    assertThat(status.logs()).hasSize(1);
    assertThat(status.logs().get(0).vertex()).isEqualTo("v");
    assertThat(status.logs().get(0).data()).asString(StandardCharsets.UTF_8).isEqualTo("hello");
  }

  @Test
  void whatNewerEnginesAddIsPassedOver() throws IOException {
    byte[] more =
        message(
            out -> {
              out.writeFixed64(90, 1);
              out.writeString(4, "a warning");
              out.writeInt32(91, 1);
            });

    assertThat(StatusMessage.read(more).vertices()).isEmpty();
  }

  @Test
  void whatIsCutOffIsNoMessage() {
    byte[] whole = Base64.getDecoder().decode(LOADED);

    assertThatThrownBy(() -> StatusMessage.read(java.util.Arrays.copyOf(whole, 40)))
        .isInstanceOf(IOException.class);
  }

  private interface Writing {
    void to(CodedOutputStream out) throws IOException;
  }

  private static byte[] message(Writing writing) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    writing.to(out);
    out.flush();
    return bytes.toByteArray();
  }
}
