package io.skypanel.worker.deploy;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.ContainerNetwork;
import io.skypanel.worker.settings.DockerEndpoint;
import java.io.IOException;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URL;
import java.util.Optional;

/**
 * Whether an app listens on its port. The container's own address is asked where it can be reached:
 * it refuses as it should, whereas docker-proxy accepts on the host's port even when nobody in the
 * container listens, and then closes at once. Thread-safe.
 */
final class PortCheck {
  private static final int CONNECT_MILLIS = 1000;
  private static final int READ_MILLIS = 300;
  private static final int ANSWER_MILLIS = 5000;

  private final boolean local;
  private final String engineHost;

  PortCheck(DockerEndpoint endpoint) {
    this.local = endpoint.isLocal();
    String host = URI.create(endpoint.host()).getHost();
    this.engineHost = host == null ? "127.0.0.1" : host;
  }

  /** One try; it takes {@value #CONNECT_MILLIS} ms at the longest for each address. */
  boolean listens(InspectContainerResponse container, ContainerSpec spec) {
    Optional<String> own = local ? ownAddress(container) : Optional.empty();
    if (own.isPresent()) {
      try (Socket socket = connect(own.get(), spec.containerPort())) {
        return true;
      } catch (ConnectException refused) {
        return false;
      } catch (IOException unreachable) {
        // as with a rootless engine, whose networks are not this machine's
        return publishedPortIsServed(spec);
      }
    }
    return publishedPortIsServed(spec);
  }

  /** Whether {@code GET path} gives 2xx or 3xx; one try. */
  boolean answers(InspectContainerResponse container, ContainerSpec spec, String path) {
    Optional<String> own = local ? ownAddress(container) : Optional.empty();
    return own.isPresent() && answers(own.get(), spec.containerPort(), path)
        || spec.hostPort().isPresent()
            && answers(publishedHost(spec), spec.hostPort().getAsInt(), path);
  }

  private static boolean answers(String host, int port, String path) {
    try {
      String shown = host.contains(":") ? "[" + host + "]" : host;
      URL url = URI.create("http://" + shown + ":" + port + path).toURL();
      HttpURLConnection connection = (HttpURLConnection) url.openConnection(Proxy.NO_PROXY);
      connection.setConnectTimeout(CONNECT_MILLIS);
      connection.setReadTimeout(ANSWER_MILLIS);
      connection.setInstanceFollowRedirects(false);
      connection.setRequestProperty("User-Agent", "skypanel-worker health check");
      try {
        int status = connection.getResponseCode();
        return status >= 200 && status < 400;
      } finally {
        connection.disconnect();
      }
    } catch (IOException | IllegalArgumentException notYet) {
      return false;
    }
  }

  /**
   * Closed at once means that nobody is behind it; data, or waiting for a request, means an app.
   */
  private boolean publishedPortIsServed(ContainerSpec spec) {
    if (spec.hostPort().isEmpty()) {
      return false;
    }
    try (Socket socket = connect(publishedHost(spec), spec.hostPort().getAsInt())) {
      socket.setSoTimeout(READ_MILLIS);
      return socket.getInputStream().read() >= 0;
    } catch (SocketTimeoutException waiting) {
      return !waiting.getMessage().startsWith("Connect");
    } catch (IOException refused) {
      return false;
    }
  }

  private String publishedHost(ContainerSpec spec) {
    boolean everywhere = spec.hostAddress().equals("0.0.0.0") || spec.hostAddress().equals("::");
    return everywhere || !local ? engineHost : spec.hostAddress();
  }

  private static Socket connect(String host, int port) throws IOException {
    Socket socket = new Socket();
    try {
      socket.connect(new InetSocketAddress(host, port), CONNECT_MILLIS);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private static Optional<String> ownAddress(InspectContainerResponse container) {
    return container.getNetworkSettings().getNetworks().values().stream()
        .map(ContainerNetwork::getIpAddress)
        .filter(address -> address != null && !address.isEmpty())
        .findFirst();
  }
}
