package io.skypanel.worker.image;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a {@link SolveStatus} as the engine's API has it, in protocol buffers. What is not known is
 * passed over. The numbers are those of BuildKit's own definition.
 *
 * @see <a href="https://github.com/moby/buildkit/blob/master/api/services/control/control.proto">
 *     {@code StatusResponse}</a>
 */
final class StatusMessage {
  private final Map<Integer, List<ByteString>> values = new HashMap<>();
  private final Map<Integer, Long> numbers = new HashMap<>();

  private StatusMessage(CodedInputStream in) throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      int field = WireFormat.getTagFieldNumber(tag);
      switch (WireFormat.getTagWireType(tag)) {
        case WireFormat.WIRETYPE_LENGTH_DELIMITED ->
            values.computeIfAbsent(field, f -> new ArrayList<>()).add(in.readBytes());
        case WireFormat.WIRETYPE_VARINT -> numbers.put(field, in.readInt64());
        default -> in.skipField(tag);
      }
    }
  }

  /**
   * Reads it.
   *
   * @throws IOException if it is no message
   */
  static SolveStatus read(byte[] bytes) throws IOException {
    StatusMessage status = new StatusMessage(CodedInputStream.newInstance(bytes));
    List<SolveStatus.Vertex> vertices = new ArrayList<>();
    for (StatusMessage vertex : status.messages(1)) {
      vertices.add(
          new SolveStatus.Vertex(
              vertex.text(1),
              vertex.text(3),
              vertex.values.containsKey(5),
              vertex.values.containsKey(6),
              vertex.number(4) != 0,
              Optional.of(vertex.text(7)).filter(error -> !error.isEmpty())));
    }
    List<SolveStatus.Transfer> transfers = new ArrayList<>();
    for (StatusMessage transfer : status.messages(2)) {
      transfers.add(new SolveStatus.Transfer(transfer.text(1), transfer.number(4)));
    }
    List<SolveStatus.Log> logs = new ArrayList<>();
    for (StatusMessage log : status.messages(3)) {
      logs.add(new SolveStatus.Log(log.text(1), log.value(4).toByteArray()));
    }
    return new SolveStatus(vertices, logs, transfers);
  }

  private List<StatusMessage> messages(int field) throws IOException {
    List<StatusMessage> messages = new ArrayList<>();
    for (ByteString message : values.getOrDefault(field, List.of())) {
      messages.add(new StatusMessage(message.newCodedInput()));
    }
    return messages;
  }

  /** The last of several counts. */
  private ByteString value(int field) {
    List<ByteString> all = values.getOrDefault(field, List.of());
    return all.isEmpty() ? ByteString.EMPTY : all.get(all.size() - 1);
  }

  private String text(int field) {
    return value(field).toStringUtf8();
  }

  private long number(int field) {
    return numbers.getOrDefault(field, 0L);
  }
}
