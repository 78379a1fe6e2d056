package io.skypanel.worker.status;

import com.sun.net.httpserver.HttpExchange;
import io.skypanel.worker.apps.ContainerOutput;
import io.skypanel.worker.redact.Redactor;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * Answers with an app's output, masked, piece by piece as it comes. It ends with the output, with a
 * client that does not read or is gone, after an hour of silence, or when somebody else needs its
 * place. Thread-safe.
 */
final class LogAnswer {
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final Duration LONGEST_SILENCE = Duration.ofHours(1);

  private final Replies replies;

  LogAnswer(Replies replies) {
    this.replies = replies;
  }

  /** Blocks until it is over. */
  void send(
      HttpExchange exchange, ContainerOutput output, Redactor redactor, LogReaders.Place place)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", Replies.TEXT);
    replies.limit().run(() -> exchange.sendResponseHeaders(200, 0));
    OutputStream body = exchange.getResponseBody();
    MaskedOutput masked = new MaskedOutput(redactor);
    Optional<String> note = Optional.empty();
    try {
      while (!output.isEnded() && note.isEmpty()) {
        byte[] piece = output.next(LOOK);
        write(body, piece.length > 0 ? masked.accept(piece) : masked.pause(), !output.hasNext());
        if (piece.length > 0) {
          place.heard();
        }
        note = reasonToEnd(place);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the worker is stopping", e);
    }
    write(body, masked.end(), true);
    if (note.isPresent()) {
      write(body, note.get().getBytes(StandardCharsets.UTF_8), true);
    }
    replies.limit().run(body::close);
  }

  private void write(OutputStream body, byte[] piece, boolean flush) throws IOException {
    if (piece.length == 0) {
      return;
    }
    replies
        .limit()
        .run(
            () -> {
              body.write(piece);
              if (flush) {
                body.flush();
              }
            });
  }

  private static Optional<String> reasonToEnd(LogReaders.Place place) {
    if (place.isWanted()) {
      return Optional.of("[others wait to read a log, and this one is the most silent]\n");
    }
    return place.silence().compareTo(LONGEST_SILENCE) > 0
        ? Optional.of("[nothing for an hour]\n")
        : Optional.empty();
  }
}
