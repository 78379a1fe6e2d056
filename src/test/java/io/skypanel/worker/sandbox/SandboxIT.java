package io.skypanel.worker.sandbox;

import static io.skypanel.worker.sandbox.PanelClient.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class SandboxIT {
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

  @Test
  void printsACommandThatQueuesASampleAndServesUntilItIsInterrupted() throws Exception {
    CompletableFuture<Integer> exit = new CompletableFuture<>();
    Thread thread =
        new Thread(() -> exit.complete(new Sandbox(0, out, Map.of()).run()), "sandbox-under-test");
    thread.start();
    await().atMost(Duration.ofSeconds(30)).until(() -> text().contains("Ctrl-C ends it"));

    Matcher panel = Pattern.compile("SKYPANEL_URL=(\\S+)").matcher(text());
    assertThat(panel.find()).isTrue();
    Process command =
        new ProcessBuilder("sh", "-c", lineAfter("Queue a build:"))
            .redirectErrorStream(true)
            .start();
    String answer = new String(command.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(answer).contains("\"success\":true", "deploymentId");
    var queued =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(
                        URI.create(panel.group(1) + "/api/paas/worker/builds/queued"))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(json(queued).at("/data/builds/0/githubRepoUrl").asText())
        .endsWith("/broken-build.git");

    thread.interrupt();
    assertThat(exit.get(10, TimeUnit.SECONDS)).isZero();
  }

  @Test
  void saysThatItsPortIsTaken() {
    try (SandboxPanel other = SandboxPanel.open()) {
      assertThat(new Sandbox(other.port(), out, Map.of()).run()).isEqualTo(1);
      assertThat(text()).contains("can't listen on 127.0.0.1:" + other.port());
    }
  }

  private String lineAfter(String heading) {
    return text().lines().dropWhile(l -> !l.equals(heading)).skip(1).findFirst().orElseThrow();
  }

  private String text() {
    return printed.toString(StandardCharsets.UTF_8);
  }
}
