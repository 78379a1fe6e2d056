package io.skypanel.worker.egress;

import io.skypanel.worker.settings.GitProtocol;
import io.skypanel.worker.settings.Proxies;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One checkout's way out: a SOCKS 5 proxy on a free port of the loopback address. It reads what the
 * client says first, so that it knows the protocol, and leaves the rest to the {@link Dialer}.
 * Redirects, submodules, LFS files and a name that changes its address in between come by here like
 * everything else. Thread-safe.
 */
public final class EgressGate implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EgressGate.class);

  /** Both ends of each count; git, git-lfs and ssh need few at once. */
  private static final long AFTER_FAILURE_NANOS = 20_000_000;

  private static final int MAX_OPEN = 128;

  private static final int TIMEOUT_MILLIS = (int) Duration.ofSeconds(20).toMillis();
  private static final int BUFFER_BYTES = 64 * 1024;

  /** What a TLS client sends first (RFC 8446, 5.1: a record of type handshake). */
  private static final byte TLS_HANDSHAKE = 0x16;

  /** What an ssh client sends first (RFC 4253, 4.2). No HTTP method begins so. */
  private static final String SSH_BANNER = "SSH-";

  private final Dialer dialer;
  private final ServerSocket server;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "egress");
            thread.setDaemon(true);
            return thread;
          });
  private int command;
  private Optional<Failed> last = Optional.empty();

  /** A connection that did not come about. */
  private record Failed(SocksRequest wanted, Trouble trouble) {}

  private EgressGate(Dialer dialer) throws IOException {
    this.dialer = dialer;
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  /**
   * Opens one.
   *
   * @param proxies the operator's
   * @throws IOException when no port can be had
   */
  public static EgressGate open(EgressRules rules, Resolver resolver, Proxies proxies)
      throws IOException {
    return new EgressGate(new Dialer(rules, resolver, proxies));
  }

  /** The port on loopback. */
  public int port() {
    return server.getLocalPort();
  }

  /** As git, curl and git-lfs are told of it: names are resolved here, not by them. */
  public String url() {
    return "socks5h://127.0.0.1:" + port();
  }

  /**
   * Connects to a host as a client of the proxy would be, without the proxy; blocks until it is
   * connected.
   *
   * @throws IOException when it is refused or can't be done; {@link #trouble()} says why
   */
  public Socket connect(GitProtocol protocol, String host, int port) throws IOException {
    Socket socket = dial(command(), () -> protocol, new SocksRequest(host, port));
    open.add(socket);
    return socket;
  }

  /** Another command begins: what becomes of earlier connections is of no matter to it. */
  public synchronized void begin() {
    command++;
    last = Optional.empty();
  }

  /**
   * What went wrong since {@link #begin()}: with the last connection that did not come about,
   * unless a later one to the same host and port did.
   */
  public synchronized Optional<Trouble> trouble() {
    return last.map(Failed::trouble);
  }

  private synchronized int command() {
    return command;
  }

  private synchronized void failed(int during, SocksRequest wanted, Trouble trouble) {
    if (during == command) {
      last = Optional.of(new Failed(wanted, trouble));
    }
  }

  private synchronized void succeeded(int during, SocksRequest wanted) {
    last = last.filter(failed -> during != command || !failed.wanted().equals(wanted));
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        open.add(client);
        if (open.size() > MAX_OPEN) {
          drop(client);
        } else {
          threads.execute(() -> serve(client));
        }
      } catch (IOException | RejectedExecutionException e) {
        // closed, or a client that was gone at once, or no file is left, which takes a while
        LockSupport.parkNanos(AFTER_FAILURE_NANOS);
      }
    }
  }

  private void serve(Socket client) {
    int during = command();
    try {
      client.setTcpNoDelay(true);
      client.setSoTimeout(TIMEOUT_MILLIS);
      DataInputStream in = new DataInputStream(client.getInputStream());
      SocksRequest wanted = SocksRequest.accept(in, client.getOutputStream());
      byte[] first = in.readNBytes(SSH_BANNER.length());
      client.setSoTimeout(0);
      if (first.length == SSH_BANNER.length()) {
        relay(client, first, dial(during, () -> protocol(first), wanted));
      }
    } catch (IOException | RejectedExecutionException e) {
      // noted where it matters; the client sees a closed connection
    } catch (RuntimeException e) {
      log.error("A connection of git's broke off", e);
    } finally {
      // not before what is wrong has been noted: whoever sees the end may ask
      drop(client);
    }
  }

  private void drop(Socket socket) {
    close(socket);
    open.remove(socket);
  }

  private interface Spoken {
    GitProtocol protocol() throws Refused;
  }

  private Socket dial(int during, Spoken spoken, SocksRequest wanted) throws IOException {
    try {
      Socket host = dialer.dial(spoken.protocol(), wanted);
      succeeded(during, wanted);
      return host;
    } catch (Refused e) {
      failed(during, wanted, Trouble.refused(e.getMessage()));
      throw e;
    } catch (IOException e) {
      failed(during, wanted, Trouble.unreachable(e.getMessage()));
      throw e;
    }
  }

  private void relay(Socket client, byte[] first, Socket host) throws IOException {
    open.add(host);
    try {
      host.setTcpNoDelay(true);
      host.getOutputStream().write(first);
      Future<?> answer = threads.submit(() -> copy(host, client));
      copy(client, host);
      answer.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    } finally {
      drop(host);
    }
  }

  private static GitProtocol protocol(byte[] first) throws Refused {
    if (first[0] == TLS_HANDSHAKE) {
      return GitProtocol.HTTPS;
    }
    String text = new String(first, StandardCharsets.ISO_8859_1);
    if (text.equals(SSH_BANNER)) {
      return GitProtocol.SSH;
    }
    if (text.matches("[A-Z]{3}[A-Z ]")) {
      return GitProtocol.HTTP;
    }
    throw new Refused("A repository is fetched by https, http or ssh, and by nothing else");
  }

  /** Passes on what comes until the sender's end; either side's failure ends it. */
  private static void copy(Socket from, Socket to) {
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        out.write(buffer, 0, read);
      }
      to.shutdownOutput();
    } catch (IOException e) {
      close(from);
      close(to);
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // as good as closed
    }
  }

  /** Ends every connection. */
  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      // as good as closed
    }
    open.forEach(EgressGate::close);
    threads.shutdownNow();
  }
}
