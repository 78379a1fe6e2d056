package io.skypanel.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the worker's port gives away and takes, whoever calls it. */
class SurfaceIT {
  private static final long FAR_TOO_MUCH = 512L << 20; // several times the worker's heap
  private static final Duration CUT_OFF = Duration.ofSeconds(60);

  private static WorkerBench bench;
  private static WorkerProcess worker;

  private final List<Socket> sockets = new ArrayList<>();

  @BeforeAll
  static void start() {
    bench = WorkerBench.open();
    worker = bench.worker();
  }

  @AfterAll
  static void stop() throws Exception {
    worker.close();
    bench.close();
  }

  @AfterEach
  void theWorkerAnswersAsBefore() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
    await().atMost(CUT_OFF).until(() -> answers("/health/live"));
    assertThat(worker.output()).doesNotContain("OutOfMemoryError", "\tat ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /",
        "GET / HTTP/1.1\r\nX: ",
        "POST /builds/x/cancel HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\n"
      })
  void aRequestWithoutAnEndIsCutOff(String beginning) throws IOException {
    assertThat(sent(beginning, "a".repeat(64 * 1024))).isLessThan(FAR_TOO_MUCH);
  }

  @Test
  void headersWithoutNumberAreCutOff() throws IOException {
    assertThat(sent("GET / HTTP/1.1\r\n", "X: y\r\n".repeat(10_000))).isLessThan(FAR_TOO_MUCH);
  }

  @Test
  void aClientThatDribblesIsCutOff() throws IOException {
    Socket socket = connect();
    OutputStream out = socket.getOutputStream();
    out.write(ascii("GET /status HTTP/1.1\r\n"));

    await()
        .atMost(CUT_OFF)
        .pollInterval(Duration.ofMillis(500))
        .until(
            () -> {
              try {
                out.write(ascii("X"));
                return false;
              } catch (IOException closed) {
                return true;
              }
            });
  }

  @Test
  void manyClientsThatSayNothingDoNotKeepOthersOut() throws IOException {
    for (int i = 0; i < 300; i++) {
      connect().getOutputStream().write(ascii("GET /status HTTP/1.1\r\n"));
    }

    await().atMost(CUT_OFF).until(() -> answers("/status"));
  }

  @Test
  void slowClientsThatComeAgainAndAgainDoNotKeepOthersOut() throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    List<Thread> slow =
        IntStream.range(0, 40).mapToObj(i -> new Thread(() -> comeAgain(over))).toList();
    slow.forEach(Thread::start);
    try {
      // longer than it takes until the first of them are cut off
      await()
          .during(Duration.ofSeconds(15))
          .atMost(Duration.ofSeconds(30))
          .pollInterval(Duration.ofMillis(200))
          .until(() -> answers("/health/live"));
    } finally {
      over.set(true);
      for (Thread thread : slow) {
        thread.join();
      }
    }
  }

  private void comeAgain(AtomicBoolean over) {
    while (!over.get()) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), worker.port())) {
        socket.getOutputStream().write(ascii("GET / HTTP/1.1\r\n"));
        socket.setSoTimeout(500);
        while (!over.get() && read(socket)) {
          // until it is cut off
        }
      } catch (IOException cutOff) {
        // and again
      }
    }
  }

  private static boolean read(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read() >= 0;
    } catch (SocketTimeoutException nothingYet) {
      return true;
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/builds/x/cancel",
        "/apps/x/stop",
        "/apps/x/start",
        "/apps/x/restart",
        "/apps/x/rollback",
        "/apps/x/remove",
        "/apps/x/logs",
        "/apps"
      })
  void whatActsOrShowsOutputNeedsTheTokenOnLoopbackToo(String path) throws Exception {
    String token = Files.readString(worker.state().resolve("api-token")).strip();
    List<String> wrong =
        List.of("", "Bearer", "Bearer ", token, "Bearer " + token.substring(1), "Basic " + token);

    for (String method : List.of("GET", "POST", "DELETE")) {
      for (String authorization : wrong) {
        assertThat(call(method, path, authorization)).as(method + authorization).isEqualTo(401);
      }
    }
    assertThat(call("GET", path, "Bearer " + token)).isNotEqualTo(401);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/%00",
        "/status%2f..",
        "/apps/%ff",
        "/builds//cancel",
        "/status?x=%zz",
        "/..;/status",
        "*"
      })
  void oddPathsShowNothingOfTheInside(String path) throws IOException {
    Socket socket = connect();
    socket
        .getOutputStream()
        .write(ascii("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
    socket.setSoTimeout((int) CUT_OFF.toMillis());

    String answer =
        new String(socket.getInputStream().readNBytes(64 * 1024), StandardCharsets.UTF_8);

    assertThat(answer).doesNotContain("\tat ", "io.skypanel", "com.sun", "java.");
  }

  private static boolean answers(String path) {
    return WorkerProcess.fetch("http://127.0.0.1:" + worker.port() + path)
        .filter(page -> page.status() == 200)
        .isPresent();
  }

  private static int call(String method, String path, String authorization) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + worker.port() + path))
            .method(method, BodyPublishers.noBody());
    if (!authorization.isEmpty()) {
      request.header("Authorization", authorization);
    }
    return HttpClient.newHttpClient().send(request.build(), BodyHandlers.discarding()).statusCode();
  }

  /** How many bytes it takes until the worker has had enough. */
  private long sent(String beginning, String more) throws IOException {
    OutputStream out = connect().getOutputStream();
    byte[] block = ascii(more);
    long sent = 0;
    try {
      out.write(ascii(beginning));
      while (sent < FAR_TOO_MUCH) {
        out.write(block);
        sent += block.length;
      }
    } catch (IOException cutOff) {
      assertThat(sent).isPositive();
    }
    return sent;
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), worker.port());
    sockets.add(socket);
    return socket;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
