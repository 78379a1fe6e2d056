package io.skypanel.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Something that is no panel answers in its place. */
class PanelAnswersIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<HttpServer> servers = new CopyOnWriteArrayList<>();

  @AfterEach
  void stop() {
    servers.forEach(server -> server.stop(0));
    threads.shutdownNow();
  }

  private String serve(HttpHandler handler) throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.setExecutor(threads);
    server.createContext("/", handler);
    server.start();
    servers.add(server);
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void aRedirectIsNotFollowedAndTheOtherHostHearsNothing(int status) throws Exception {
    AtomicInteger heard = new AtomicInteger();
    String elsewhere =
        serve(
            exchange -> {
              heard.incrementAndGet();
              exchange.sendResponseHeaders(200, -1);
              exchange.close();
            });
    String panel =
        serve(
            exchange -> {
              exchange.getResponseHeaders().set("Location", elsewhere + exchange.getRequestURI());
              exchange.sendResponseHeaders(status, -1);
              exchange.close();
            });

    try (WorkerProcess worker = WorkerProcess.prepare(panel, Map.of())) {
      worker.start();
      worker.awaitOutput("it redirects to " + elsewhere);
      assertThat(worker.output()).contains("correct SKYPANEL_URL");
    }
    assertThat(heard).hasValue(0);
  }

  @ParameterizedTest
  @CsvSource({
    "'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n', ' ', larger than 32 MiB",
    "'HTTP/1.1 200 OK\r\nX: ', x, Waiting for the panel",
    "'HTTP/1.1 200 OK\r\n', 'X: y\r\n', Waiting for the panel",
    "'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n', 'x: y\r\n',"
        + " Waiting for the panel",
  })
  void anAnswerWithoutEndIsCutOffAndTheWorkerAsksAgain(String begin, String rest, String said)
      throws Exception {
    AtomicInteger cutOff = new AtomicInteger();
    try (ServerSocket panel = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        WorkerProcess worker =
            WorkerProcess.prepare("http://127.0.0.1:" + panel.getLocalPort(), Map.of())
                .byLauncher()) {
      threads.execute(() -> answerAll(panel, out -> out, lines(begin), lines(rest), cutOff));
      worker.start();
      assertCutOff(worker, said, cutOff);
    }
  }

  @Test
  void anAnswerThatGrowsWhereItIsUnpackedIsNotUnpacked() throws Exception {
    AtomicInteger cutOff = new AtomicInteger();
    try (ServerSocket panel = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        WorkerProcess worker =
            WorkerProcess.prepare("http://127.0.0.1:" + panel.getLocalPort(), Map.of())
                .byLauncher()) {
      String head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n";
      threads.execute(
          () -> answerAll(panel, out -> new GZIPOutputStream(out, true), head, " ", cutOff));
      worker.start();
      assertCutOff(worker, "Waiting for the panel", cutOff);
    }
  }

  private static String lines(String text) {
    return text.replace("\\r\\n", "\r\n");
  }

  private static void assertCutOff(WorkerProcess worker, String said, AtomicInteger cutOff) {
    worker.awaitOutput(said);
    await().atMost(PATIENCE).until(() -> cutOff.get() >= 2);
    assertThat(worker.output()).doesNotContain("OutOfMemory");
  }

  private interface Packing {
    OutputStream around(OutputStream out) throws IOException;
  }

  private void answerAll(
      ServerSocket panel, Packing packing, String head, String rest, AtomicInteger cutOff) {
    while (!panel.isClosed()) {
      try {
        Socket client = panel.accept();
        threads.execute(() -> answer(client, packing, head, rest, cutOff));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private static void answer(
      Socket client, Packing packing, String head, String rest, AtomicInteger cutOff) {
    byte[] many = rest.repeat((1 << 16) / rest.length()).getBytes(StandardCharsets.US_ASCII);
    try (client) {
      client.getInputStream().read(new byte[1 << 16]);
      client.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      OutputStream out = packing.around(client.getOutputStream());
      while (true) {
        out.write(many);
        out.flush();
      }
    } catch (IOException closedByTheWorker) {
      cutOff.incrementAndGet();
    }
  }
}
