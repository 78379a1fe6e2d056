package io.skypanel.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
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

  @Test
  void anAnswerWithoutEndIsCutOffAndTheWorkerAsksAgain() throws Exception {
    assertCutOff(out -> out, "", "the answer is larger than 32 MiB");
  }

  @Test
  void anAnswerThatGrowsWhereItIsUnpackedIsCutOff() throws Exception {
    assertCutOff(out -> new GZIPOutputStream(out, true), "gzip", "Waiting for the panel");
  }

  private interface Packing {
    OutputStream around(OutputStream out) throws IOException;
  }

  private void assertCutOff(Packing packing, String encoding, String said) throws Exception {
    AtomicInteger cutOff = new AtomicInteger();
    String panel =
        serve(
            exchange -> {
              exchange.getResponseHeaders().set("Content-Encoding", encoding);
              exchange.sendResponseHeaders(200, 0);
              try {
                writeWithoutEnd(packing.around(exchange.getResponseBody()));
              } catch (IOException e) {
                cutOff.incrementAndGet();
              }
              exchange.close();
            });

    try (WorkerProcess worker = WorkerProcess.prepare(panel, Map.of())) {
      worker.start();
      worker.awaitOutput(said);
      await().atMost(PATIENCE).until(() -> cutOff.get() >= 2);
      assertThat(worker.output()).doesNotContain("OutOfMemory");
    }
  }

  private static void writeWithoutEnd(OutputStream out) throws IOException {
    byte[] spaces = " ".repeat(1 << 16).getBytes();
    while (!Thread.currentThread().isInterrupted()) {
      out.write(spaces);
      out.flush();
    }
  }
}
