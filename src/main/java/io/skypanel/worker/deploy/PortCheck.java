package io.skypanel.worker.deploy;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.ContainerNetwork;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.StopSignal;
import io.skypanel.worker.settings.DockerEndpoint;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Whether an app listens on its port. The container's own address is asked where it can be reached:
 * it refuses as it should, whereas docker-proxy accepts on the host's port even when nobody in the
 * container listens, and then closes at once. Thread-safe.
 */
final class PortCheck {
  private static final int CONNECT_MILLIS = 1000;
  private static final int READ_MILLIS = 300;

  /** Made when it is first needed: most apps are told by their port. */
  private static final class Http {
    static final HttpClient CLIENT =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .proxy(HttpClient.Builder.NO_PROXY)
            .connectTimeout(Duration.ofMillis(CONNECT_MILLIS))
            .build();
  }

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

  /**
   * Whether {@code GET path} gives 2xx or 3xx; one try at the container's own address, and one at
   * the published port, since a rootless engine's networks are not this machine's.
   *
   * @param within how long each answer may take, however slowly it drips
   * @throws BuildFailure the stop's reason
   */
  boolean answers(
      InspectContainerResponse container,
      ContainerSpec spec,
      String path,
      Duration within,
      StopSignal stop)
      throws BuildFailure {
    Optional<String> own = local ? ownAddress(container) : Optional.empty();
    return own.isPresent() && answers(own.get(), spec.containerPort(), path, within, stop)
        || spec.hostPort().isPresent()
            && answers(publishedHost(spec), spec.hostPort().getAsInt(), path, within, stop);
  }

  private static boolean answers(
      String host, int port, String path, Duration within, StopSignal stop) throws BuildFailure {
    String shown = host.contains(":") ? "[" + host + "]" : host;
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + shown + ":" + port + path))
            .header("User-Agent", "skypanel-worker health check")
            .build();
    CompletableFuture<HttpResponse<InputStream>> answer =
        Http.CLIENT.sendAsync(request, HttpResponse.BodyHandlers.ofInputStream());
    try (var ignored = stop.onStop(() -> answer.cancel(true))) {
      HttpResponse<InputStream> head = answer.get(within.toMillis(), TimeUnit.MILLISECONDS);
      // the page itself is of no concern, and may have no end
      head.body().close();
      return head.statusCode() >= 200 && head.statusCode() < 400;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BuildFailure.WorkerFault("The worker is stopping", e);
    } catch (ExecutionException | TimeoutException | CancellationException | IOException notYet) {
      stop.check();
      return false;
    } finally {
      answer.cancel(true);
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

  /**
   * Whether neither the container's own address nor its published port can be had from here, as for
   * a worker in a container without the host's network: then nothing is known of the app.
   */
  boolean isOutOfReach(InspectContainerResponse container, ContainerSpec spec) {
    Optional<String> own = local ? ownAddress(container) : Optional.empty();
    return own.isPresent()
        && !connects(own.get(), spec.containerPort(), true)
        && !(spec.hostPort().isPresent()
            && connects(publishedHost(spec), spec.hostPort().getAsInt(), false));
  }

  private static boolean connects(String host, int port, boolean refusalCounts) {
    try (Socket socket = connect(host, port)) {
      return true;
    } catch (ConnectException refused) {
      return refusalCounts;
    } catch (IOException unreachable) {
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
