package io.skypanel.worker;

import io.skypanel.worker.settings.Machine;
import io.skypanel.worker.settings.Setting;
import io.skypanel.worker.settings.SettingSources;
import io.skypanel.worker.settings.SettingsException;
import io.skypanel.worker.settings.WorkerSettings;
import io.skypanel.worker.status.ApiToken;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/** Calls the worker that runs on this machine with the same settings, with its API token. */
final class WorkerCalls {
  /** For the answer's beginning: a removal may wait 10 seconds for each of several containers. */
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private static final int FIRST_ERROR = 300;
  private static final int BUFFER = 8192;

  private final URI address;
  private final ApiToken token;
  private final PrintStream out;
  private final PrintStream errors;

  private WorkerCalls(URI address, ApiToken token, PrintStream out, PrintStream errors) {
    this.address = address;
    this.token = token;
    this.out = out;
    this.errors = errors;
  }

  /** By {@code sources}; answers go to {@code out}, reasons why not to {@code errors}. */
  static WorkerCalls of(SettingSources sources, PrintStream out, PrintStream errors)
      throws SettingsException, IOException {
    ApiToken token =
        ApiToken.of(
            sources.find(Setting.WORKER_API_TOKEN),
            WorkerSettings.stateDir(sources, Machine.look(System.getenv())));
    return new WorkerCalls(WorkerSettings.statusAddress(sources), token, out, errors);
  }

  /** {@code text} as one segment of a path, or a value in a query. */
  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** Makes the call and prints the answer as it comes. Gives the command's exit code. */
  int print(String method, String path) throws IOException, InterruptedException {
    Optional<InputStream> answer = call(method, path);
    if (answer.isEmpty()) {
      return 1;
    }
    try (InputStream body = answer.get()) {
      byte[] buffer = new byte[BUFFER];
      int read = body.read(buffer);
      while (read >= 0) {
        out.write(buffer, 0, read);
        // flushes; and whoever reads what is printed may have enough
        read = out.checkError() ? -1 : body.read(buffer);
      }
      return 0;
    } catch (IOException e) {
      errors.println("The worker's answer broke off: " + e.getMessage());
      return 1;
    }
  }

  /** Makes the call and gives its answer; empty if that is no success, and the reason is told. */
  Optional<InputStream> call(String method, String path) throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(address.resolve(path))
            .header("Authorization", "Bearer " + token.value())
            .timeout(LIMIT)
            .method(method, BodyPublishers.noBody())
            .build();
    try {
      HttpResponse<InputStream> answer =
          HttpClient.newHttpClient().send(request, BodyHandlers.ofInputStream());
      if (answer.statusCode() < FIRST_ERROR) {
        return Optional.of(answer.body());
      }
      try (InputStream body = answer.body()) {
        errors.print(new String(body.readAllBytes(), StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      errors.println("No worker answers at " + address + " (WORKER_PORT): " + e.getMessage());
    }
    return Optional.empty();
  }
}
