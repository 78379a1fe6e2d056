package io.skypanel.worker.panel;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An answer that never ends, at a rate at which no read of it takes long. */
@Timeout(60)
class PanelClientTest {
  private static final String JSON = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";

  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void stop() {
    clock.shutdownNow();
    threads.shutdownNow();
  }

  @Test
  void aHeadThatDripsIsCutOff() {
    assertThatThrownBy(() -> call(JSON + "X: ", "x")).isInstanceOf(IOException.class);
  }

  @Test
  void answersThatPutOffTheAnswerAreCutOff() {
    assertThatThrownBy(() -> call("", "HTTP/1.1 102 Processing\r\n\r\n"))
        .isInstanceOf(IOException.class);
  }

  @Test
  void aBodyThatDripsIsCutOff() {
    assertThatThrownBy(() -> call(JSON + "\r\n", " ")).isInstanceOf(IOException.class);
  }

  @Test
  void whatComesBehindABodyAndDripsIsCutOff() {
    String head = JSON + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n";
    assertThatThrownBy(() -> call(head, "x")).isInstanceOf(IOException.class);
  }

  private static SSLContext noTls() {
    throw new AssertionError("a call over plain HTTP needs none");
  }

  private void call(String head, String rest) throws Exception {
    HttpClientBuilder builder = HttpClientBuilder.create();
    new PanelClient(PanelClientTest::noTls, clock, Duration.ofSeconds(1))
        .configure(builder.disableAutomaticRetries());
    try (ServerSocket panel = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        CloseableHttpClient client = builder.build()) {
      threads.execute(() -> drip(panel, head, rest));
      client.execute(
          new HttpGet("http://127.0.0.1:" + panel.getLocalPort()),
          answer -> {
            InputStream body = answer.getEntity().getContent();
            return body.readAllBytes();
          });
    }
  }

  private static void drip(ServerSocket panel, String head, String rest) {
    try (Socket client = panel.accept()) {
      client.getInputStream().read(new byte[1 << 16]);
      client.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      while (!panel.isClosed()) {
        client.getOutputStream().write(rest.getBytes(StandardCharsets.US_ASCII));
        Thread.sleep(20);
      }
    } catch (IOException | InterruptedException cutOff) {
      // as it should be
    }
  }
}
