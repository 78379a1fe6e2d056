package io.skypanel.worker.egress;

import io.skypanel.worker.settings.GitProtocol;
import io.skypanel.worker.settings.Proxies;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Connects to a host by what it has checked: the name is resolved once, all its addresses must be
 * allowed, and one of just these is connected to. Immutable.
 *
 * @param proxies the operator's. One gets the name, and may resolve it to another address than this
 *     worker has seen: what it lets out is the operator's to say
 */
record Dialer(EgressRules rules, Resolver resolver, Proxies proxies) {
  private static final int TIMEOUT_MILLIS = (int) Duration.ofSeconds(20).toMillis();

  /** A name may have thousands that do not answer, and each is waited for. */
  private static final int MAX_TRIED = 4;

  /**
   * What ends in a number is an address, in whatever form (WHATWG URL, 3.5, "ends in a number"):
   * one that can't be read here might still be by a proxy.
   */
  private static final Pattern ADDRESS =
      Pattern.compile("(.*\\.)?([0-9]+|0x[0-9a-f]*)\\.?|.*:.*", Pattern.CASE_INSENSITIVE);

  /**
   * Blocks until it is connected.
   *
   * @throws Refused when it is not allowed
   * @throws IOException when it can't be done; the message names the host
   */
  Socket dial(GitProtocol protocol, SocksRequest wanted) throws IOException {
    String host = wanted.host();
    refuse(rules.refuse(protocol, host));
    Optional<OperatorProxy> through = proxies.find(protocol, host).map(OperatorProxy::new);
    List<InetAddress> addresses = resolve(host, through.isPresent());
    refuse(rules.refuse(host, addresses, wanted.port()));
    try {
      return through.isPresent()
          ? through.get().connect(wanted, TIMEOUT_MILLIS)
          : connect(addresses, wanted.port());
    } catch (IOException e) {
      throw new IOException(
          "no connection to " + host + ":" + wanted.port() + ": " + e.getMessage(), e);
    }
  }

  private static void refuse(Optional<String> reason) throws Refused {
    if (reason.isPresent()) {
      throw new Refused(reason.get());
    }
  }

  private List<InetAddress> resolve(String host, boolean mayBeUnknown) throws IOException {
    try {
      return resolver.resolve(host);
    } catch (UnknownHostException e) {
      if (mayBeUnknown && !ADDRESS.matcher(host).matches()) {
        return List.of();
      }
      throw new IOException("the host " + host + " could not be resolved", e);
    }
  }

  private static Socket connect(List<InetAddress> addresses, int port) throws IOException {
    IOException last = new IOException("it has no address");
    for (InetAddress address : firstOfEachKind(addresses)) {
      Socket socket = new Socket();
      try {
        socket.connect(new InetSocketAddress(address, port), TIMEOUT_MILLIS);
        return socket;
      } catch (IOException e) {
        socket.close();
        last = e;
      }
    }
    throw last;
  }

  /** IPv4 and IPv6 in turn: the machine may have a way out by one of them alone. */
  static List<InetAddress> firstOfEachKind(List<InetAddress> addresses) {
    Map<Boolean, List<InetAddress>> kinds =
        addresses.stream().collect(Collectors.partitioningBy(Inet4Address.class::isInstance));
    List<InetAddress> inTurn = new ArrayList<>();
    for (int i = 0; i < MAX_TRIED; i++) {
      for (List<InetAddress> kind : List.of(kinds.get(true), kinds.get(false))) {
        kind.stream().skip(i).limit(1).forEach(inTurn::add);
      }
    }
    return inTurn.subList(0, Math.min(MAX_TRIED, inTurn.size()));
  }
}
