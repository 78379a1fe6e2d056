package io.skypanel.worker.image;

import com.fasterxml.jackson.databind.JsonNode;
import io.skypanel.worker.job.Progress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * Turns what BuildKit says, by buildx or by itself, into the lines of a build: each step as it
 * begins, whether the cache had it, and its output. For one thread; what it has kept may be read
 * when that has ended.
 */
final class BuildKitOutput {
  private static final int SHOWN_CHARS = 500;
  private static final int KEPT_LINES = 20;

  /** More steps than any Dockerfile that is meant to be built has. */
  static final int KEPT_STEPS = 4096;

  private static final int LOGS_AT_ONCE = 256;

  /** What buildx itself does, before it speaks to the engine. */
  private static final String OWN = "[internal] load local bake definitions";

  private static final String CONTEXT = "transferring context:";

  /** BuildKit's own doings, which say nothing to whoever wrote the Dockerfile. */
  private static final Pattern INTERNAL =
      Pattern.compile("\\[internal] |exporting |sha256:|copy /context /$");

  private final Progress progress;
  private final UnaryOperator<String> mask;
  private final Consumer<String> parts;
  private final LongConsumer context;
  private final JsonStream stream = new JsonStream(this::accept, this::acceptLine);

  /**
   * What was shown, by digest, as it was shown: a whole name, with every {@code ENV} filled in, may
   * have megabytes.
   */
  private final Map<String, String> names =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
          return size() > KEPT_STEPS;
        }
      };

  private final Map<String, StepLog> logs = new LinkedHashMap<>();
  private final Deque<String> lines = new ArrayDeque<>();
  private String speaking = "";
  private long contextBytes;
  private SolveStatus.Vertex failed;

  /**
   * @param mask takes the values of build arguments out of the names of steps
   * @param parts gets the name of each part of the build when it is spoken of
   * @param context gets how many bytes of the context went to the engine so far, as that grows
   */
  BuildKitOutput(
      Progress progress, UnaryOperator<String> mask, Consumer<String> parts, LongConsumer context) {
    this.progress = progress;
    this.mask = mask;
    this.parts = parts;
    this.context = context;
  }

  /** Takes what the program wrote. */
  void accept(String chunk) {
    stream.accept(chunk);
  }

  /** Shows what has no end yet. */
  void finish() {
    stream.finish();
    List.copyOf(logs.keySet()).forEach(this::endLog);
  }

  /** What failed, if a part of the build did. */
  Optional<SolveStatus.Vertex> failed() {
    return Optional.ofNullable(failed);
  }

  /** The last lines that were no JSON: buildx's own errors. */
  List<String> lines() {
    return List.copyOf(lines);
  }

  /** How much of the context went to the engine, in bytes. */
  long contextBytes() {
    return contextBytes;
  }

  private void acceptLine(String line) {
    lines.addLast(line);
    if (lines.size() > KEPT_LINES) {
      lines.removeFirst();
    }
  }

  private void accept(JsonNode json) {
    accept(SolveStatus.of(json));
  }

  /** Takes a message. */
  void accept(SolveStatus status) {
    status.vertices().forEach(vertex -> parts.accept(vertex.name()));
    status.vertices().stream().filter(v -> v.started() || v.cached()).forEach(this::show);
    status.logs().forEach(this::show);
    status.vertices().forEach(this::end);
    for (SolveStatus.Transfer transfer : status.transfers()) {
      if (transfer.id().startsWith(CONTEXT) && transfer.current() > contextBytes) {
        contextBytes = transfer.current();
        context.accept(contextBytes);
      }
    }
  }

  private void show(SolveStatus.Vertex vertex) {
    if (!vertex.name().equals(OWN) && !names.containsKey(vertex.digest())) {
      boolean internal = INTERNAL.matcher(vertex.name()).lookingAt();
      String name = shown(vertex.name());
      names.put(vertex.digest(), name);
      progress.line(
          internal ? Progress.Level.DEBUG : Progress.Level.INFO,
          vertex.cached() ? "CACHED " + name : name);
      if (!internal) {
        speaking = vertex.digest();
      }
    }
  }

  private void show(SolveStatus.Log log) {
    String text = logs.computeIfAbsent(log.vertex(), v -> new StepLog()).accept(log.data());
    show(log.vertex(), text);
    if (logs.size() > LOGS_AT_ONCE) {
      endLog(logs.keySet().iterator().next());
    }
  }

  private void end(SolveStatus.Vertex vertex) {
    if (vertex.completed()) {
      endLog(vertex.digest());
    }
    if (failed == null && vertex.error().filter(e -> !e.contains("context canceled")).isPresent()) {
      failed = vertex;
    }
  }

  private void endLog(String vertex) {
    StepLog log = logs.remove(vertex);
    if (log != null) {
      show(vertex, log.end());
    }
  }

  /** Says whose the output is where stages that are built at once take turns. */
  private void show(String vertex, String text) {
    if (text.isEmpty()) {
      return;
    }
    if (!speaking.equals(vertex) && names.containsKey(vertex)) {
      progress.info(names.get(vertex) + ", going on");
      speaking = vertex;
    }
    progress.output(text);
  }

  private String shown(String name) {
    String line = mask.apply(name).replaceAll("\\s+", " ").strip();
    return line.length() <= SHOWN_CHARS ? line : line.substring(0, SHOWN_CHARS) + "…";
  }
}
