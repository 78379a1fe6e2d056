package io.skypanel.worker.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.dockerjava.transport.DockerHttpClient.Response;
import io.skypanel.worker.job.BuildFailure;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** Reads what the engine answers while BuildKit builds, as it comes. For one use by one thread. */
final class DirectAnswer {
  /** The field {@code id} of messages of BuildKit's, and of the one that names the image. */
  private static final String TRACE = "moby.buildkit.trace";

  private static final String IMAGE = "moby.image.id";

  /**
   * How BuildKit says that it wants something of a session; a command's own words end otherwise.
   */
  private static final Pattern WITHOUT_SESSION =
      Pattern.compile("(?s)(?:.*: )?no active sessions?(?: for .*)?");

  private static final int CHUNK_CHARS = 8192;

  private final BuildKitOutput output;
  private boolean began;
  private boolean done;
  private String error = "";

  /**
   * @param output gets what BuildKit says
   */
  DirectAnswer(BuildKitOutput output) {
    this.output = output;
  }

  /** Reads to the end. */
  void read(Response response) throws IOException {
    JsonStream messages = new JsonStream(this::accept, line -> {});
    Reader text = new InputStreamReader(response.getBody(), StandardCharsets.UTF_8);
    char[] chunk = new char[CHUNK_CHARS];
    for (int count = text.read(chunk); count >= 0; count = text.read(chunk)) {
      messages.accept(new String(chunk, 0, count));
    }
    output.finish();
  }

  /** Whether there is an image. */
  boolean isDone() {
    return done;
  }

  /**
   * Whether there is none for want of a session: BuildKit says so, or the engine never began, as
   * one would that builds with a session alone.
   */
  boolean wantsSession() {
    return !done && (!began || WITHOUT_SESSION.matcher(error.strip()).matches());
  }

  /** Why there is no image. */
  BuildFailure failure(EngineFailure engine) {
    return error.isEmpty()
        ? engine.ofSilence()
        : new BuildKitFailure(engine).of(output.failed(), error);
  }

  private void acceptTrace(JsonNode trace) {
    try {
      byte[] status = trace.isTextual() ? trace.binaryValue() : new byte[0];
      output.accept(StatusMessage.read(status));
    } catch (IOException notUnderstood) {
      // of no matter to the image, and the next one may be
    }
  }

  private void accept(JsonNode message) {
    String id = message.path("id").asText();
    if (id.equals(TRACE)) {
      began = true;
      acceptTrace(message.path("aux"));
    } else if (id.equals(IMAGE)) {
      done = true;
    } else if (message.hasNonNull("error")) {
      error = message.path("error").asText();
    }
  }
}
