package io.skypanel.worker.ingress;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.TrustAllStrategy;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.ssl.SSLContexts;

/** A browser that finds every host on this machine, keeps its connections, and tries once. */
final class Visitor implements AutoCloseable {
  record Page(int status, String body) {}

  private final CloseableHttpClient client;

  Visitor() {
    try {
      client =
          HttpClients.custom()
              .disableAutomaticRetries()
              .disableRedirectHandling()
              .setConnectionManager(
                  PoolingHttpClientConnectionManagerBuilder.create()
                      .setDnsResolver(new Loopback())
                      .setTlsSocketStrategy(
                          new DefaultClientTlsStrategy(
                              SSLContexts.custom()
                                  .loadTrustMaterial(TrustAllStrategy.INSTANCE)
                                  .build()))
                      .build())
              .build();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  Page get(String url) throws IOException {
    return client.execute(
        new HttpGet(url),
        response -> new Page(response.getCode(), EntityUtils.toString(response.getEntity())));
  }

  /** The answer with its body unread; the caller closes it. */
  ClassicHttpResponse open(String url) throws IOException {
    return client.executeOpen(null, new HttpGet(url), null);
  }

  @Override
  public void close() throws IOException {
    client.close();
  }

  private static final class Loopback implements DnsResolver {
    @Override
    public InetAddress[] resolve(String host) {
      return new InetAddress[] {InetAddress.getLoopbackAddress()};
    }

    @Override
    public String resolveCanonicalHostname(String host) throws UnknownHostException {
      return host;
    }
  }
}
