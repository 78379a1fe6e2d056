package io.skypanel.worker.image;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.transport.DockerHttpClient;
import com.github.dockerjava.transport.DockerHttpClient.Request;
import com.github.dockerjava.transport.DockerHttpClient.Response;
import io.skypanel.worker.engine.DockerEngine;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.Dockerfile;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Has BuildKit build in one request to the engine's API, with the context in its body. That spares
 * a program and a session, which take longer than a small build does; but without a session there
 * are no logins, no secrets, and no files that stay with the engine from build to build. See
 * docs/decisions/0029. Thread-safe.
 */
final class DirectSolve {
  /** BuildKit keeps each such context twice for a while. */
  private static final long MAX_CONTEXT_BYTES = 4 << 20;

  private static final int MAX_CONTEXT_FILES = 500;

  /** The engine refuses a request whose head has a megabyte. */
  private static final int MAX_QUERY_CHARS = 64 * 1024;

  /** What a session is needed for, in whatever place it stands. */
  private static final Pattern NEEDS_SESSION =
      Pattern.compile("secret|ssh|syntax", Pattern.CASE_INSENSITIVE);

  private static final ObjectMapper JSON = new ObjectMapper();

  private final DockerHttpClient engine;

  DirectSolve(DockerEngine engine) {
    this.engine = engine.http();
  }

  /**
   * Whether a build can be done so, where the engine has all base images.
   *
   * @param ignore what counts for the Dockerfile
   * @param context as it was counted
   */
  static boolean suits(Solve solve, DockerIgnore ignore, ContextBounds.Size context) {
    Dockerfile dockerfile = solve.plan().dockerfile().orElseThrow();
    return !dockerfile.isGenerated()
        // steps would see the files that are sent whatever the rules say
        && !ignore.isOverruled()
        // buildx looks into folders then that the archive leaves out
        && !ignore.keepsByWildcard()
        && query(solve).length() <= MAX_QUERY_CHARS
        && context.bytes() <= MAX_CONTEXT_BYTES
        && context.files() <= MAX_CONTEXT_FILES
        && !NEEDS_SESSION.matcher(dockerfile.text()).find();
  }

  /**
   * Builds. A stop of the build ends it, in the engine too.
   *
   * @param archive the context
   * @param output gets what BuildKit says
   * @return what came of it
   * @throws BuildFailure why the build was stopped, or a worker's fault if the context can't be
   *     read or the connection breaks off
   */
  DirectAnswer run(
      Solve solve, ContextArchive archive, BuildKitOutput output, EngineFailure failure)
      throws BuildFailure {
    CompletableFuture<Response> response = new CompletableFuture<>();
    DirectAnswer answer = new DirectAnswer(output);
    try (ContextPipe context = ContextPipe.open(archive, solve.ref().tag())) {
      Thread sender = sender(solve, context, response);
      Runnable breakOff =
          () -> {
            context.close();
            if (response.cancel(false)) {
              // by which its request ends that waits for the engine's first word
              sender.interrupt();
            }
            close(response);
          };
      try (var ignored = solve.build().stop().onStop(breakOff)) {
        sender.start();
        answer.read(response.get());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new BuildFailure.WorkerFault("The worker is stopping, so the build was ended", e);
      } catch (ExecutionException | IOException | RuntimeException e) {
        solve.build().stop().check();
        if (context.failure().isPresent()) {
          IOException unreadable = context.failure().get();
          throw new BuildFailure.WorkerFault(unreadable.getMessage(), unreadable);
        }
        throw failure.of(e instanceof ExecutionException ? e.getCause() : e);
      } finally {
        breakOff.run();
      }
    }
    solve.build().stop().check();
    return answer;
  }

  /** On a thread of its own: an engine that hangs must not keep a build from being stopped. */
  private Thread sender(Solve solve, ContextPipe context, CompletableFuture<Response> response) {
    Request request =
        Request.builder()
            .method(Request.Method.POST)
            .path("/build?" + query(solve))
            .putHeader("Content-Type", "application/x-tar")
            .body(context)
            .build();
    Thread sender =
        new Thread(
            () -> {
              try {
                Response begun = engine.execute(request);
                if (!response.complete(begun)) {
                  begun.close();
                }
              } catch (Throwable e) {
                // whatever it is: the build waits for it
                response.completeExceptionally(e);
              }
            },
            "build of " + solve.ref().tag());
    sender.setDaemon(true);
    return sender;
  }

  private static void close(CompletableFuture<Response> response) {
    if (response.isDone() && !response.isCompletedExceptionally()) {
      response.join().close();
    }
  }

  private static String query(Solve solve) {
    Map<String, String> parameters = new TreeMap<>();
    parameters.put("version", "2");
    parameters.put("t", solve.ref().toString());
    parameters.put("dockerfile", solve.plan().dockerfile().orElseThrow().path());
    parameters.put("labels", json(solve.labels()));
    parameters.put("buildargs", json(solve.arguments()));
    solve.plan().target().ifPresent(target -> parameters.put("target", target));
    if (solve.offline()) {
      parameters.put("networkmode", "none");
    }
    return parameters.entrySet().stream()
        .map(p -> p.getKey() + "=" + URLEncoder.encode(p.getValue(), StandardCharsets.UTF_8))
        .collect(Collectors.joining("&"));
  }

  private static String json(Map<String, String> values) {
    try {
      return JSON.writeValueAsString(values);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
