package io.skypanel.worker.panel;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecRuntime;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.io.HttpClientConnectionManager;
import org.apache.hc.client5.http.ssl.ClientTlsStrategyBuilder;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.protocol.HttpContext;

/**
 * What calls the panel: it takes so much of an answer's head, and so long for all of it, and leaves
 * the body to {@link AnswerReader}. The client by itself has bounds for neither, and its timeouts
 * are those of a single read. Thread-safe.
 */
public final class PanelClient {
  private static final int MAX_LINE_BYTES = 16 * 1024;
  private static final int MAX_HEADERS = 100;
  private static final int MAX_CONNECTIONS = 20;

  private final Supplier<SSLContext> tls;
  private final ScheduledExecutorService clock;
  private final Duration limit;

  /**
   * @param tls whose certificates count; asked with the first call over https, since it takes
   *     megabytes
   * @param clock ends calls that take too long
   */
  public PanelClient(Supplier<SSLContext> tls, ScheduledExecutorService clock) {
    this(tls, clock, AnswerReader.MAX_TIME);
  }

  PanelClient(Supplier<SSLContext> tls, ScheduledExecutorService clock, Duration limit) {
    this.tls = tls;
    this.clock = clock;
    this.limit = limit;
  }

  /** Makes one of what a client has by default. */
  public void configure(HttpClientBuilder builder) {
    builder
        .setConnectionManager(connections())
        // the panel sets none, and to tell whose they were takes a list of all public suffixes
        .disableCookieManagement()
        .setDefaultCookieSpecRegistry(name -> null)
        // whoever unpacks an answer holds the connection, which then can't be cut off
        .disableContentCompression()
        .addExecInterceptorFirst("time limit", this::withinTime);
  }

  private HttpClientConnectionManager connections() {
    return PoolingHttpClientConnectionManagerBuilder.create()
        .setTlsSocketStrategy(new OnFirstUse())
        .setConnectionFactory(
            ManagedHttpClientConnectionFactory.builder()
                .http1Config(
                    Http1Config.custom()
                        .setMaxLineLength(MAX_LINE_BYTES)
                        .setMaxHeaderCount(MAX_HEADERS)
                        .build())
                .build())
        .setMaxConnPerRoute(MAX_CONNECTIONS)
        .build();
  }

  private final class OnFirstUse implements TlsSocketStrategy {
    private TlsSocketStrategy strategy;

    @Override
    public SSLSocket upgrade(
        Socket socket, String host, int port, Object attachment, HttpContext context)
        throws IOException {
      return strategy().upgrade(socket, host, port, attachment, context);
    }

    private synchronized TlsSocketStrategy strategy() {
      if (strategy == null) {
        strategy = ClientTlsStrategyBuilder.create().setSslContext(tls.get()).buildClassic();
      }
      return strategy;
    }
  }

  /** What still goes on then, its body included, is cut off; what has ended is forgotten before. */
  private ClassicHttpResponse withinTime(
      ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
      throws IOException, HttpException {
    WeakReference<ExecRuntime> call = new WeakReference<>(scope.execRuntime);
    clock.schedule(() -> cutOff(call.get()), limit.toMillis(), TimeUnit.MILLISECONDS);
    return chain.proceed(request, scope);
  }

  private static void cutOff(ExecRuntime call) {
    if (call != null) {
      call.discardEndpoint();
    }
  }
}
