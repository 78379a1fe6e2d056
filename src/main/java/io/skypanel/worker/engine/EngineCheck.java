package io.skypanel.worker.engine;

import com.github.dockerjava.api.model.Info;
import io.skypanel.worker.settings.DockerEndpoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the connection to the engine at start, and waits for its first answer. What that loads, and
 * what the engine does to answer, takes a good part of a start, so it begins in the background.
 */
public final class EngineCheck {
  private static final Logger log = LoggerFactory.getLogger(EngineCheck.class);
  private static final Duration BETWEEN_TRIES = Duration.ofSeconds(1);

  private final DockerEndpoint endpoint;
  private final Duration limit;
  private final CompletableFuture<DockerEngine> engine;
  private CompletableFuture<Info> answer;

  private EngineCheck(DockerEndpoint endpoint, Duration limit) {
    this.endpoint = endpoint;
    this.limit = limit;
    this.engine = CompletableFuture.supplyAsync(() -> new DockerEngine(endpoint));
    this.answer = engine.thenApply(EngineCheck::ask);
  }

  /**
   * Begins.
   *
   * @param limit how long an engine that does not answer is waited for
   */
  public static EngineCheck begin(DockerEndpoint endpoint, Duration limit) {
    return new EngineCheck(endpoint, limit);
  }

  /** The connection, which the caller closes. */
  public DockerEngine engine() {
    return engine.join();
  }

  /** The engine can't be used; the message names socket, reason and fix. */
  public static final class Unusable extends Exception {
    private static final long serialVersionUID = 1L;

    Unusable(String message) {
      super(message);
    }
  }

  /**
   * Tries until the engine answers, for the limit at most; gives up at once where waiting can't
   * help.
   *
   * @param goOn false ends the wait early
   * @return what the engine is
   */
  public Info await(BooleanSupplier goOn) throws Unusable, InterruptedException {
    long giveUp = System.nanoTime() + limit.toNanos();
    boolean told = false;
    while (true) {
      try {
        return answer.join();
      } catch (CompletionException e) {
        String reason = reason(e);
        Optional<String> hopeless = hopeless(reason);
        if (hopeless.isPresent()) {
          throw new Unusable(describe(reason) + " " + hopeless.get());
        }
        if (System.nanoTime() - giveUp >= 0 || !goOn.getAsBoolean()) {
          throw new Unusable(
              describe(reason)
                  + " Is the engine running? Start it (systemctl start docker, or"
                  + " bin/docker-engine) or point DOCKER_HOST at it.");
        }
        if (!told) {
          log.warn("{} Trying for {} s.", describe(reason), limit.toSeconds());
          told = true;
        }
        Thread.sleep(BETWEEN_TRIES.toMillis());
        answer = engine.thenApply(EngineCheck::ask);
      }
    }
  }

  private static Info ask(DockerEngine engine) {
    return engine.client().infoCmd().exec();
  }

  private String describe(String reason) {
    return "No Docker engine answers at " + endpoint.host() + ": " + reason + ".";
  }

  private Optional<String> hopeless(String reason) {
    if (endpoint.host().startsWith("unix://")) {
      Path socket = Path.of(endpoint.host().substring("unix://".length()));
      if (reason.contains("Permission denied")
          || (Files.exists(socket) && !Files.isWritable(socket))) {
        return Optional.of(
            "This user may not use the socket: add it to the socket's group (usermod -aG docker"
                + " <user>, then log in again), or run as root.");
      }
    }
    return reason.contains("certificate") || reason.contains("HTTPS server")
        ? Optional.of("Check DOCKER_TLS_VERIFY and DOCKER_CERT_PATH.")
        : Optional.empty();
  }

  private static String reason(Throwable error) {
    Throwable t = error;
    while (t.getCause() != null) {
      t = t.getCause();
    }
    return t.getMessage() == null ? t.getClass().getSimpleName() : t.getMessage();
  }
}
