package io.skypanel.worker;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ParseException;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.StringEntity;

/**
 * Clients that ask without a pause worth the name, keep their connections and try each request
 * once: some read, some write, and now and then one asks for what takes a second.
 */
final class Crowd implements AutoCloseable {
  private static final int BETWEEN_REQUESTS_MILLIS = 20;
  private static final int ONE_IN_SLOW = 20;

  final AtomicLong answered = new AtomicLong();
  final Queue<String> failures = new ConcurrentLinkedQueue<>();
  final Set<String> versions = ConcurrentHashMap.newKeySet();
  private final Supplier<String> url;
  private final List<Thread> clients = new ArrayList<>();
  private volatile boolean over;

  /**
   * So many clients begin to ask.
   *
   * @param url where the app is now; asked before each request
   */
  Crowd(int size, Supplier<String> url) {
    this.url = url;
    for (int i = 0; i < size; i++) {
      int number = i;
      Thread client = new Thread(() -> ask(number), "client-" + i);
      client.start();
      clients.add(client);
    }
  }

  private void ask(int number) {
    try (CloseableHttpClient http = client()) {
      for (int i = number; !over; i++) {
        String address = url.get();
        HttpUriRequestBase request =
            i % ONE_IN_SLOW == 0
                ? new HttpGet(address + "/slow")
                : i % 2 == 0 ? new HttpGet(address + "/") : post(address, i);
        try {
          http.execute(request, answer -> note(answer.getCode(), answer.getEntity()));
        } catch (IOException e) {
          failures.add(request.getMethod() + " " + address + ": " + e);
        }
        Thread.sleep(BETWEEN_REQUESTS_MILLIS);
      }
    } catch (IOException | InterruptedException e) {
      failures.add(e.toString());
    }
  }

  private static HttpPost post(String address, int number) {
    HttpPost post = new HttpPost(address + "/");
    post.setEntity(new StringEntity("message " + number));
    return post;
  }

  private Void note(int status, org.apache.hc.core5.http.HttpEntity entity) throws IOException {
    try {
      String body = EntityUtils.toString(entity);
      if (status == 200 && body.startsWith("version")) {
        answered.incrementAndGet();
        versions.add(body.replaceFirst(" got.*", ""));
      } else {
        failures.add(status + " " + body);
      }
      return null;
    } catch (ParseException e) {
      throw new IOException(e);
    }
  }

  /** A client that finds every host on this machine. */
  static CloseableHttpClient client() {
    DnsResolver loopback =
        new DnsResolver() {
          @Override
          public InetAddress[] resolve(String host) {
            return new InetAddress[] {InetAddress.getLoopbackAddress()};
          }

          @Override
          public String resolveCanonicalHostname(String host) {
            return host;
          }
        };
    return HttpClients.custom()
        .disableAutomaticRetries()
        .setConnectionManager(
            PoolingHttpClientConnectionManagerBuilder.create().setDnsResolver(loopback).build())
        .build();
  }

  /** Has all of them finish the request that they are at. */
  void disperse() {
    over = true;
    for (Thread client : clients) {
      try {
        client.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() {
    disperse();
  }
}
