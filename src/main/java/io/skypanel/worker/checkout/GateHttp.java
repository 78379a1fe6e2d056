package io.skypanel.worker.checkout;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.skypanel.worker.egress.EgressGate;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.GitSource;
import io.skypanel.worker.job.Shown;
import io.skypanel.worker.settings.GitCredentials.Login;
import io.skypanel.worker.settings.GitProtocol;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.BasicHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.io.HttpClientConnectionOperator;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * Calls by http and https of which every connection, a redirect's too, goes through a checkout's
 * gate. A login goes to its own scheme, host and port alone. For one thread at a time, but for
 * {@link #close()}.
 */
final class GateHttp implements AutoCloseable {
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
  private static final int MAX_REDIRECTS = 5;
  private static final int MAX_LINE_BYTES = 16 * 1024;
  private static final int MAX_HEADERS = 100;
  private static final Duration SILENCE = Duration.ofMinutes(2);
  private static final Pattern SCOPE = Pattern.compile("https?://[^/?#]*");

  private final EgressGate gate;
  private final Map<String, Login> logins;
  private final TlsSocketStrategy tls;
  private final CloseableHttpClient client;

  /** Takes an answer's status and body. */
  interface Reader<T> {
    T read(int status, InputStream body) throws IOException;
  }

  /**
   * @param logins by scheme, host and port
   */
  GateHttp(EgressGate gate, Map<String, Login> logins, TlsSocketStrategy tls) {
    this.gate = gate;
    this.logins = logins;
    this.tls = tls;
    Http1Config bounds =
        Http1Config.custom()
            .setMaxLineLength(MAX_LINE_BYTES)
            .setMaxHeaderCount(MAX_HEADERS)
            .build();
    this.client =
        HttpClientBuilder.create()
            .setConnectionManager(
                new BasicHttpClientConnectionManager(
                    new Operator(),
                    ManagedHttpClientConnectionFactory.builder().http1Config(bounds).build()))
            .setDefaultRequestConfig(
                RequestConfig.custom().setResponseTimeout(Timeout.of(SILENCE)).build())
            .disableRedirectHandling()
            .disableAutomaticRetries()
            .disableContentCompression()
            .disableCookieManagement()
            .build();
  }

  /**
   * Calls.
   *
   * @param headers what goes to this very scheme, host and port, a login of its own included
   * @param body of a POST; without one it is a GET
   * @throws LfsRefusal if the address is none
   * @throws IOException if there was no answer
   */
  <T> T send(String url, Map<String, String> headers, Optional<byte[]> body, Reader<T> reader)
      throws IOException {
    String address = url;
    for (int hop = 0; hop <= MAX_REDIRECTS; hop++) {
      GitRemote remote = remote(address);
      String scope = scope(remote);
      boolean first = scope.equals(scope(remote(url)));
      HttpUriRequestBase request = request(remote.url(), body);
      Map<String, String> sent = new HashMap<>(first ? headers : Map.of());
      login(remote, scope).ifPresent(login -> sent.putIfAbsent("Authorization", basic(login)));
      sent.forEach(request::setHeader);
      Answer<T> answer = client.execute(request, response -> answer(response, reader));
      if (answer.location().isEmpty()) {
        return answer.value();
      }
      address = resolve(remote.url(), answer.location().get());
    }
    throw new LfsRefusal("it redirects more than " + MAX_REDIRECTS + " times");
  }

  private record Answer<T>(Optional<String> location, T value) {}

  private static <T> Answer<T> answer(ClassicHttpResponse response, Reader<T> reader)
      throws IOException {
    Header location = response.getFirstHeader("Location");
    if (REDIRECTS.contains(response.getCode()) && location != null) {
      return new Answer<>(Optional.of(location.getValue()), null);
    }
    InputStream body =
        response.getEntity() == null
            ? InputStream.nullInputStream()
            : response.getEntity().getContent();
    return new Answer<>(Optional.empty(), reader.read(response.getCode(), body));
  }

  private static HttpUriRequestBase request(String url, Optional<byte[]> body) throws IOException {
    HttpUriRequestBase request =
        new HttpUriRequestBase(body.isPresent() ? "POST" : "GET", URI.create(address(url)));
    body.ifPresent(
        bytes ->
            request.setEntity(
                new ByteArrayEntity(bytes, ContentType.create("application/vnd.git-lfs+json"))));
    return request;
  }

  private static String address(String url) throws IOException {
    try {
      return URI.create(url).toString();
    } catch (IllegalArgumentException e) {
      throw new LfsRefusal("the address " + Shown.withoutLogin(url) + " is none");
    }
  }

  private static String resolve(String url, String location) throws IOException {
    try {
      return URI.create(url).resolve(location).toString();
    } catch (IllegalArgumentException e) {
      throw new LfsRefusal("it redirects to what is no address");
    }
  }

  private static GitRemote remote(String url) throws IOException {
    try {
      GitRemote remote = GitRemote.of(new GitSource(url, "main", Optional.empty()));
      if (remote.protocol() != GitProtocol.SSH) {
        return remote;
      }
    } catch (BuildFailure.UserFault e) {
      throw new LfsRefusal(e.getMessage());
    }
    throw new LfsRefusal("LFS files are fetched by https or http alone");
  }

  private static String scope(GitRemote remote) {
    Matcher scope = SCOPE.matcher(remote.url());
    return scope.lookingAt() ? scope.group() : "";
  }

  private Optional<Login> login(GitRemote remote, String scope) {
    return remote
        .credential()
        .map(own -> new Login(own.user(), own.password()))
        .or(() -> Optional.ofNullable(logins.get(scope)));
  }

  private static String basic(Login login) {
    String pair = login.user() + ":" + login.token();
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(UTF_8));
  }

  /** Ends what is under way, from any thread. */
  @Override
  public void close() {
    client.close(CloseMode.IMMEDIATE);
  }

  private final class Operator implements HttpClientConnectionOperator {
    @Override
    public void connect(
        ManagedHttpClientConnection connection,
        HttpHost host,
        InetSocketAddress local,
        TimeValue timeout,
        SocketConfig config,
        HttpContext context)
        throws IOException {
      GitProtocol protocol = GitProtocol.valueOf(host.getSchemeName().toUpperCase(Locale.ROOT));
      boolean encrypted = protocol == GitProtocol.HTTPS;
      int port = host.getPort() >= 0 ? host.getPort() : encrypted ? 443 : 80;
      String name = host.getHostName().replaceAll("[\\[\\]]", "");
      Socket socket = gate.connect(protocol, name, port);
      socket.setSoTimeout((int) SILENCE.toMillis());
      connection.bind(encrypted ? tls.upgrade(socket, name, port, null, context) : socket);
    }

    @Override
    public void upgrade(ManagedHttpClientConnection connection, HttpHost host, HttpContext context)
        throws IOException {
      throw new IOException(new HttpException("no proxy is spoken to here"));
    }
  }
}
