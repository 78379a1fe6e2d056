package io.skypanel.worker.ingress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.skypanel.worker.TestPorts;
import io.skypanel.worker.ingress.Ingress.Site;
import io.skypanel.worker.settings.DeploySettings;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What those who are connected notice when something changes. */
class CaddyTrafficIT {
  private static final int CLIENTS = 4;
  private static final int SWAPS = 20;

  @TempDir Path folder;

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Visitor visitor = new Visitor();
  private Caddy caddy;
  private Backend blue;
  private Backend green;
  private Ingress ingress;

  @BeforeEach
  void start() throws IOException {
    caddy = Caddy.start(folder.resolve("caddy"));
    blue = new Backend("blue");
    green = new Backend("green");
    ingress = ingress(":" + caddy.port(), false);
  }

  @AfterEach
  void stop() throws IOException {
    threads.shutdownNow();
    visitor.close();
    caddy.close();
    blue.close();
    green.close();
  }

  @Test
  void noRequestFailsWhileVersionsFollowOneAnother() throws Exception {
    ingress.serve(site("shop", blue.port()));
    AtomicInteger answers = new AtomicInteger();
    AtomicBoolean over = new AtomicBoolean();
    List<Future<Integer>> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(threads.submit(() -> ask(answers, over)));
    }

    for (int swap = 0; swap < SWAPS; swap++) {
      int before = answers.get();
      ingress.serve(site("shop", swap % 2 == 0 ? green.port() : blue.port()));
      await().until(() -> answers.get() > before + 10 * CLIENTS);
    }

    over.set(true);
    for (Future<Integer> client : clients) {
      assertThat(client.get()).isPositive();
    }
  }

  /** Asks until it is over; how often the version was another than before. */
  private int ask(AtomicInteger answers, AtomicBoolean over) throws IOException {
    int changes = 0;
    String last = "";
    try (Visitor one = new Visitor()) {
      while (!over.get()) {
        Visitor.Page page = one.get(url("shop"));
        assertThat(page.status()).isEqualTo(200);
        assertThat(page.body()).isIn("blue", "green");
        changes += page.body().equals(last) ? 0 : 1;
        last = page.body();
        answers.incrementAndGet();
      }
    }
    return changes;
  }

  @Test
  void noRequestMeetsADeadPortWhenAnAppGetsAnother() throws Exception {
    int dead = TestPorts.free();
    ingress.serve(
        new Site(
            "shop", List.of("shop.localhost"), blue.port(), dead, OptionalInt.of(blue.port())));
    AtomicInteger answers = new AtomicInteger();
    AtomicBoolean over = new AtomicBoolean();
    Future<?> client =
        threads.submit(
            () -> {
              while (!over.get()) {
                // a connection of its own: those that idle are closed when Caddy is told of a port
                try (Visitor one = new Visitor()) {
                  assertThat(one.get(url("shop")).status()).isEqualTo(200);
                  answers.incrementAndGet();
                }
              }
              return null;
            });
    await().until(() -> answers.get() > 10);

    ingress.serve(site("shop", green.port()));

    int before = answers.get();
    await().until(() -> answers.get() > before + 10 || client.isDone());
    over.set(true);
    client.get();
    assertThat(visitor.get(url("shop")).body()).isEqualTo("green");
  }

  @Test
  void aRequestThatIsUnderWayEndsWhereItBegan() throws Exception {
    ingress.serve(site("shop", blue.port()));
    assertThat(ingress.isIdle(blue.port())).isTrue();

    try (ClassicHttpResponse slow = visitor.open(url("shop") + "/slow")) {
      InputStream body = slow.getEntity().getContent();
      // the first byte comes through while the rest is not there yet
      assertThat(body.read()).isEqualTo('b');
      ingress.serve(site("shop", green.port()));
      assertThat(visitor.get(url("shop")).body()).isEqualTo("green");
      assertThat(ingress.isIdle(blue.port())).isFalse();

      blue.finish();
      assertThat(new String(body.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("lue");
    }
    await().until(() -> ingress.isIdle(blue.port()));
    assertThat(ingress.isIdle(1)).isTrue();
  }

  @Test
  void aClientThatGoesAwayLeavesNothingUnderWay() throws Exception {
    ingress.serve(site("shop", blue.port()));

    try (Socket client = connect("GET /slow HTTP/1.1\r\nHost: shop.localhost\r\n\r\n")) {
      assertThat(client.getInputStream().read()).isPositive();
      assertThat(ingress.isIdle(blue.port())).isFalse();
    }

    await().atMost(Duration.ofSeconds(10)).until(() -> ingress.isIdle(blue.port()));
  }

  @Test
  void aWebSocketOutlivesEverySwap() throws Exception {
    try (WebSocketBackend chat = new WebSocketBackend()) {
      ingress.align(
          List.of(
              site("shop", blue.port()),
              new Site(
                  "chat",
                  List.of("chat.localhost"),
                  chat.port(),
                  green.port(),
                  OptionalInt.of(chat.port()))));
      try (Socket client =
          connect(
              "GET / HTTP/1.1\r\nHost: chat.localhost\r\nConnection: Upgrade\r\n"
                  + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                  + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")) {
        assertThat(head(client)).startsWith("HTTP/1.1 101");
        assertThat(echo(client, 'a')).isEqualTo('a');

        ingress.serve(site("shop", green.port()));
        ingress.serve(
            new Site(
                "chat",
                List.of("chat.localhost"),
                chat.port(),
                green.port(),
                OptionalInt.of(green.port())));

        assertThat(echo(client, 'b')).isEqualTo('b');
        assertThat(ingress.isIdle(chat.port())).isFalse();
      }
      await().until(() -> ingress.isIdle(chat.port()));
    }
  }

  @Test
  void writersAtTheSameTimeLoseNothing() throws Exception {
    List<Future<?>> writers = new ArrayList<>();
    for (int worker = 0; worker < CLIENTS; worker++) {
      Ingress one =
          new CaddyIngress(
              settings(":" + caddy.port(), false, "ingress-" + worker), "worker-" + worker);
      String app = "app-" + worker + "-";
      writers.add(
          threads.submit(
              () -> {
                for (int i = 0; i < 5; i++) {
                  one.serve(site(app + i, blue.port()));
                }
                return null;
              }));
    }
    for (Future<?> writer : writers) {
      writer.get();
    }

    assertThat(caddy.config().at("/apps/http/servers/skypanel/routes")).hasSize(CLIENTS * 5);
    assertThat(caddy.conflicts()).isPositive();
  }

  @Test
  void httpsComesWithCaddysOwnCertificatesAndPlainHttpIsSentThere() throws Exception {
    // else it would want port 80 for redirects, and put its authority into this machine's list
    int plain = TestPorts.free();
    caddy.load(
        "{\"http\": {\"http_port\": %d, \"servers\": {}}, \"pki\": {\"certificate_authorities\":"
                .formatted(plain)
            + " {\"local\": {\"install_trust\": false}}}}");
    Ingress secure = ingress(":" + caddy.port(), true);

    secure.serve(site("shop", blue.port()));

    String url = secure.url("shop.localhost");
    assertThat(url).isEqualTo("https://shop.localhost:" + caddy.port());
    await()
        .ignoreExceptions()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(visitor.get(url).body()).isEqualTo("blue"));
    // what stands in the place of port 80 sends visitors there
    assertThat(visitor.get("http://shop.localhost:" + plain).status()).isEqualTo(308);
  }

  private Socket connect(String request) throws IOException {
    Socket client = new Socket(InetAddress.getLoopbackAddress(), caddy.port());
    client.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    return client;
  }

  private static String head(Socket client) throws IOException {
    StringBuilder head = new StringBuilder();
    while (!head.toString().endsWith("\r\n\r\n")) {
      int next = client.getInputStream().read();
      assertThat(next).as("after " + head).isNotNegative();
      head.append((char) next);
    }
    return head.toString();
  }

  private static int echo(Socket client, char sent) throws IOException {
    client.getOutputStream().write(sent);
    return client.getInputStream().read();
  }

  private Ingress ingress(String listen, boolean tls) {
    return new CaddyIngress(settings(listen, tls, "ingress"), "worker-1");
  }

  private DeploySettings.Ingress settings(String listen, boolean tls, String directory) {
    return new DeploySettings.Ingress(
        caddy.adminUrl(), listen, tls, "localhost", folder.resolve(directory));
  }

  private Site site(String app, int live) {
    return new Site(
        app, List.of(app + ".localhost"), blue.port(), green.port(), OptionalInt.of(live));
  }

  private String url(String app) {
    return "http://" + app + ".localhost:" + caddy.port();
  }
}
