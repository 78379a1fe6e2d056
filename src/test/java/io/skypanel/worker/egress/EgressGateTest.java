package io.skypanel.worker.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import io.skypanel.worker.settings.GitProtocol;
import io.skypanel.worker.settings.GitSettings;
import io.skypanel.worker.settings.HostPattern;
import io.skypanel.worker.settings.Proxies;
import io.skypanel.worker.settings.ProxyAddress;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class EgressGateTest {
  private static final String GET = "GET / HTTP/1.1\r\n\r\n";
  private static final EgressRules RULES = EgressRules.of(GitSettings.DEFAULT, Set.of());

  private final AtomicInteger connections = new AtomicInteger();
  private ServerSocket host;

  @BeforeEach
  void listen() throws IOException {
    host = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    CompletableFuture.runAsync(this::answer);
  }

  @AfterEach
  void close() throws IOException {
    host.close();
  }

  /** Answers each connection with what it got, and "ok". */
  private void answer() {
    while (!host.isClosed()) {
      try (Socket client = host.accept()) {
        connections.incrementAndGet();
        byte[] got = client.getInputStream().readNBytes(GET.length());
        client.getOutputStream().write(got);
        client.getOutputStream().write("ok".getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        // closed
      }
    }
  }

  @Test
  void connectsToTheVeryAddressItHasCheckedAndAsksOnce() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    // a name that changes its mind: what DNS rebinding is
    Resolver rebinding =
        name ->
            List.of(
                InetAddress.getByName(
                    asked.incrementAndGet() == 1 ? "127.0.0.1" : "169.254.169.254"));

    try (EgressGate gate = EgressGate.open(RULES, rebinding, Proxies.NONE)) {
      assertThat(get(gate, "git.example.com", GET)).isEqualTo(GET + "ok");
      assertThat(asked).hasValue(1);
      assertThat(gate.trouble()).isEmpty();

      assertThat(get(gate, "git.example.com", GET)).isEmpty();
      assertThat(gate.trouble()).get().extracting(Trouble::refused).isEqualTo(true);
      assertThat(connections).hasValue(1);
    }
  }

  @Test
  void neverConnectsByAProtocolOrToAHostThatIsNotAllowed() throws Exception {
    EgressRules rules =
        new EgressRules(
            EnumSet.of(GitProtocol.HTTP),
            List.of(new HostPattern("git.example.com")),
            List.of(),
            Set.of());

    try (EgressGate gate = EgressGate.open(rules, EgressGateTest::loopback, Proxies.NONE)) {
      assertThat(get(gate, "git.example.com", "SSH-2.0-x\r\n" + GET)).isEmpty();
      assertThat(gate.trouble().orElseThrow().message())
          .contains("git.example.com is not fetched from by ssh");
      gate.begin();
      assertThat(get(gate, "git.example.com", "\u0016\u0003\u0001\u0000" + GET)).isEmpty();
      assertThat(gate.trouble().orElseThrow().message()).contains("by https");
      gate.begin();
      assertThat(get(gate, "git.example.com", "*1\r\n$4\r\nPING\r\n")).isEmpty();
      assertThat(gate.trouble().orElseThrow().message()).contains("by nothing else");
      gate.begin();
      assertThat(get(gate, "other.example.com", GET)).isEmpty();
      assertThat(gate.trouble().orElseThrow().message())
          .contains("other.example.com")
          .contains("GIT_ALLOWED_HOSTS");
      assertThat(connections).hasValue(0);
      assertThat(get(gate, "git.example.com", GET)).isEqualTo(GET + "ok");
    }
  }

  @Test
  void saysWhyAHostCanNotBeReached() throws Exception {
    host.close();
    try (EgressGate gate = EgressGate.open(RULES, EgressGateTest::loopback, Proxies.NONE)) {
      assertThat(get(gate, "git.example.com", GET)).isEmpty();
      assertThat(gate.trouble().orElseThrow().refused()).isFalse();
      assertThat(gate.trouble().orElseThrow().message())
          .startsWith("no connection to git.example.com:" + host.getLocalPort());
    }
    Resolver none =
        name -> {
          throw new UnknownHostException(name);
        };
    try (EgressGate gate = EgressGate.open(RULES, none, Proxies.NONE)) {
      assertThat(get(gate, "nope.example.com", GET)).isEmpty();
      assertThat(gate.trouble().orElseThrow().message())
          .isEqualTo("the host nope.example.com could not be resolved");
    }
  }

  @Test
  void tellsTheTroubleOfTheLastConnectionThatFailedUnlessThatHostWasReachedLater()
      throws Exception {
    AtomicInteger asked = new AtomicInteger();
    Resolver resolver =
        name -> {
          if (name.startsWith("nope")) {
            throw new UnknownHostException(name);
          }
          boolean isBad = name.startsWith("bad") || asked.incrementAndGet() == 1;
          return List.of(InetAddress.getByName(isBad ? "169.254.169.254" : "127.0.0.1"));
        };
    try (EgressGate gate = EgressGate.open(RULES, resolver, Proxies.NONE)) {
      assertThat(get(gate, "git.example.com", GET)).isEmpty();
      assertThat(gate.trouble().orElseThrow().message()).startsWith("git.example.com is never");
      assertThat(get(gate, "git.example.com", GET)).isEqualTo(GET + "ok");
      assertThat(gate.trouble()).isEmpty();

      assertThat(get(gate, "bad.example.com", GET)).isEmpty();
      assertThat(get(gate, "git.example.com", GET)).isEqualTo(GET + "ok");
      assertThat(gate.trouble().orElseThrow().message()).startsWith("bad.example.com is never");
      assertThat(get(gate, "nope.example.com", GET)).isEmpty();
      assertThat(gate.trouble().orElseThrow().message()).contains("nope.example.com could not be");
      gate.begin();
      assertThat(gate.trouble()).isEmpty();
    }
  }

  @Test
  void whatBecomesOfAnEarlierCommandsConnectionIsNoTroubleOfTheNext() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    Resolver slow =
        name -> {
          begun.countDown();
          awaitUninterruptibly(goOn);
          throw new UnknownHostException(name);
        };
    try (EgressGate gate = EgressGate.open(RULES, slow, Proxies.NONE)) {
      CompletableFuture<String> late =
          CompletableFuture.supplyAsync(() -> getUnchecked(gate, "git.example.com"));
      begun.await();
      gate.begin();
      goOn.countDown();
      assertThat(late.get()).isEmpty();
      assertThat(gate.trouble()).isEmpty();
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String getUnchecked(EgressGate gate, String name) {
    try {
      return get(gate, name, GET);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void goesByTheOperatorsProxyAndStillChecksNameAndAddress() throws Exception {
    CompletableFuture<String> asked = new CompletableFuture<>();
    try (ServerSocket proxy = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      CompletableFuture.runAsync(() -> actAsProxy(proxy, asked));
      Proxies proxies =
          new Proxies(
              Map.of(
                  GitProtocol.HTTP,
                  new ProxyAddress("http", "127.0.0.1", proxy.getLocalPort(), Optional.of("u:p"))),
              List.of("direct.example.com"));
      Resolver resolver =
          name -> {
            if (name.startsWith("metadata")) {
              return List.of(InetAddress.getByName("169.254.169.254"));
            }
            if (name.startsWith("inside") || name.startsWith("0")) {
              throw new UnknownHostException(name);
            }
            return loopback(name);
          };
      try (EgressGate gate = EgressGate.open(RULES, resolver, proxies)) {
        assertThat(get(gate, "git.direct.example.com", GET)).isEqualTo(GET + "ok");
        assertThat(get(gate, "metadata.example.com", GET)).isEmpty();
        for (String address : List.of("0xa9fea9fe", "0251.0376.0251.0376", "0.0.0.0x", "0::7")) {
          assertThat(get(gate, address, GET)).isEmpty();
          assertThat(gate.trouble().orElseThrow().message()).endsWith("could not be resolved");
        }
        assertThat(asked).isNotDone();
        assertThat(get(gate, "inside.example.com", GET)).isEqualTo("by proxy");
      }
      assertThat(asked.get())
          .startsWith("CONNECT inside.example.com:" + host.getLocalPort() + " HTTP/1.1\r\n")
          .contains("Proxy-Authorization: Basic dTpw\r\n");
    }
  }

  @Test
  void aProxyOfAKindThatItDoesNotSpeakFailsWhatWouldGoByIt() throws Exception {
    Proxies proxies =
        new Proxies(
            Map.of(
                GitProtocol.HTTP,
                new ProxyAddress("socks5h", "proxy.test", 1080, Optional.of("u:s3cret"))),
            List.of("direct.example.com"));
    try (EgressGate gate = EgressGate.open(RULES, EgressGateTest::loopback, proxies)) {
      assertThat(get(gate, "direct.example.com", GET)).isEqualTo(GET + "ok");
      assertThat(get(gate, "git.example.com", GET)).isEmpty();
      assertThat(gate.trouble().orElseThrow().message())
          .contains("no connection to git.example.com", "proxy socks5h://proxy.test:1080")
          .doesNotContain("s3cret");
    }
  }

  @Test
  void triesAFewOfANamesAddressesAndNotThousands() throws Exception {
    List<InetAddress> addresses = new ArrayList<>();
    for (int i = 2; i < 200; i++) {
      addresses.add(InetAddress.getByName("127.0.0." + i)); // where nobody listens
    }
    addresses.add(1, InetAddress.getLoopbackAddress());
    try (EgressGate gate = EgressGate.open(RULES, name -> addresses, Proxies.NONE)) {
      assertThat(get(gate, "git.example.com", GET)).isEqualTo(GET + "ok");
      addresses.add(100, addresses.remove(1));
      assertThat(get(gate, "git.example.com", GET)).isEmpty();
    }
  }

  @Test
  void triesBothKindsOfAddressInTurn() throws Exception {
    List<InetAddress> addresses = new ArrayList<>();
    for (String address : List.of("10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "fd00::1")) {
      addresses.add(InetAddress.getByName(address));
    }
    assertThat(Dialer.firstOfEachKind(addresses))
        .extracting(InetAddress::getHostAddress)
        .containsExactly("10.0.0.1", "fd00:0:0:0:0:0:0:1", "10.0.0.2", "10.0.0.3");
    assertThat(Dialer.firstOfEachKind(addresses.subList(4, 5))).hasSize(1);
    assertThat(Dialer.firstOfEachKind(List.of())).isEmpty();
  }

  @Test
  void closingEndsWhatIsOpen() throws Exception {
    EgressGate gate = EgressGate.open(RULES, EgressGateTest::loopback, Proxies.NONE);
    try (Socket client = new Socket(InetAddress.getLoopbackAddress(), gate.port())) {
      new SocksRequest("git.example.com", host.getLocalPort())
          .send(new DataInputStream(client.getInputStream()), client.getOutputStream());
      client.getOutputStream().write("GET ".getBytes(StandardCharsets.UTF_8));
      await().until(() -> connections.get() == 1);
      gate.close();
      client.setSoTimeout(10_000);
      // the host, which is told of the end first, may have answered
      assertThatCode(() -> client.getInputStream().readAllBytes()).doesNotThrowAnyException();
    }
  }

  private static void actAsProxy(ServerSocket proxy, CompletableFuture<String> asked) {
    try (Socket client = proxy.accept()) {
      StringBuilder request = new StringBuilder();
      while (!request.toString().endsWith("\r\n\r\n")) {
        request.append((char) client.getInputStream().read());
      }
      asked.complete(request.toString());
      client.getOutputStream().write("HTTP/1.1 200 ok\r\n\r\n".getBytes(StandardCharsets.UTF_8));
      client.getInputStream().readNBytes(GET.length());
      client.getOutputStream().write("by proxy".getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      asked.completeExceptionally(e);
    }
  }

  private static List<InetAddress> loopback(String name) {
    return List.of(InetAddress.getLoopbackAddress());
  }

  private String get(EgressGate gate, String name, String request) throws IOException {
    try (Socket client = new Socket(InetAddress.getLoopbackAddress(), gate.port())) {
      new SocksRequest(name, host.getLocalPort())
          .send(new DataInputStream(client.getInputStream()), client.getOutputStream());
      client.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      client.shutdownOutput();
      return new String(client.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    } catch (IOException reset) {
      return "";
    }
  }
}
