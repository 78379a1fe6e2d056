package io.skypanel.worker.ingress;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.skypanel.worker.ingress.Ingress.Unavailable;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPatch;
import org.apache.hc.client5.http.classic.methods.HttpPut;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.ParseException;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.StringEntity;

/**
 * Caddy's admin API. Thread-safe. A call waits 2 seconds for the connection and 10 for the answer.
 *
 * <p>Not by the JDK's client: Caddy sends the ETag behind the body, where that one does not look.
 */
final class CaddyAdmin {
  private static final int CONNECT_SECONDS = 2;
  private static final int ANSWER_SECONDS = 10;
  private static final int ATTEMPTS = 5;
  private static final int PRECONDITION_FAILED = 412;

  /** Foreign numbers are written as they were read. */
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

  /**
   * All of Caddy's configuration; null in JSON if it has none.
   *
   * @param etag what it is known by, until anything in it changes
   */
  record Config(JsonNode json, String etag) {}

  /** The configuration is not, or may not be, what it was when it was read. */
  static final class Conflict extends Exception {
    private static final long serialVersionUID = 1L;
  }

  private record Answer(int status, String body, String etag) {}

  private final URI url;
  private final CloseableHttpClient client;

  CaddyAdmin(URI url) {
    this.url = url;
    this.client =
        HttpClients.custom()
            .setConnectionManager(
                PoolingHttpClientConnectionManagerBuilder.create()
                    .setDefaultConnectionConfig(
                        ConnectionConfig.custom()
                            .setConnectTimeout(CONNECT_SECONDS, TimeUnit.SECONDS)
                            .setSocketTimeout(ANSWER_SECONDS, TimeUnit.SECONDS)
                            .build())
                    .build())
            .setDefaultRequestConfig(
                RequestConfig.custom()
                    .setConnectionRequestTimeout(ANSWER_SECONDS, TimeUnit.SECONDS)
                    .setResponseTimeout(ANSWER_SECONDS, TimeUnit.SECONDS)
                    .build())
            // Caddy closes all connections to its API whenever its configuration changes
            .setConnectionReuseStrategy((request, response, context) -> false)
            .disableAutomaticRetries()
            .disableContentCompression()
            .disableCookieManagement()
            .disableRedirectHandling()
            .build();
  }

  /** What Caddy goes by now. */
  Config read() throws Unavailable {
    Answer answer = call(new HttpGet(url + "/config/"));
    if (answer.etag() == null) {
      throw new Unavailable(at() + " gave no ETag; it must be 2.6 or newer", null);
    }
    return new Config(parse(answer), answer.etag());
  }

  /** Replaces the HTTP servers, and nothing else; Caddy serves by them when this returns. */
  void writeServers(Config before, ObjectNode servers) throws Unavailable, Conflict {
    String path = url + "/config/apps/http/servers";
    boolean there = before.json().at("/apps/http").has("servers");
    HttpUriRequestBase request = there ? new HttpPatch(path) : new HttpPut(path);
    request.setHeader("If-Match", before.etag());
    request.setEntity(new StringEntity(servers.toString(), ContentType.APPLICATION_JSON));
    Answer answer;
    try {
      answer = send(request);
    } catch (IOException e) {
      if (isCutOff(e)) {
        throw new Conflict();
      }
      throw unreachable(e);
    }
    if (answer.status() == PRECONDITION_FAILED) {
      throw new Conflict();
    }
    check(answer);
  }

  /** The requests that are under way to this address; 0 if Caddy does not know it. */
  int requests(String address) throws Unavailable {
    int requests = 0;
    for (JsonNode upstream : parse(call(new HttpGet(url + "/reverse_proxy/upstreams")))) {
      if (upstream.path("address").asText().equals(address)) {
        requests += upstream.path("num_requests").asInt();
      }
    }
    return requests;
  }

  private Answer call(HttpGet request) throws Unavailable {
    for (int attempt = 1; ; attempt++) {
      try {
        Answer answer = send(request);
        check(answer);
        return answer;
      } catch (IOException e) {
        if (attempt == ATTEMPTS || !isCutOff(e)) {
          throw unreachable(e);
        }
      }
    }
  }

  private Answer send(HttpUriRequestBase request) throws IOException {
    // for a Caddy with enforce_origin
    request.setHeader("Origin", url.getScheme() + "://" + url.getRawAuthority());
    return client.execute(request, CaddyAdmin::answer);
  }

  /**
   * Whether the connection broke. When its configuration changes, Caddy opens its API anew, and
   * drops whoever waits at the old one.
   */
  private static boolean isCutOff(IOException e) {
    return e instanceof NoHttpResponseException
        || (e instanceof SocketException && !(e instanceof ConnectException));
  }

  private Unavailable unreachable(IOException e) {
    return new Unavailable(at() + " can't be reached: " + e.getMessage(), e);
  }

  private static Answer answer(ClassicHttpResponse response) throws IOException, ParseException {
    try (HttpEntity entity = response.getEntity()) {
      String body = entity == null ? "" : EntityUtils.toString(entity);
      Header etag = response.getFirstHeader("Etag");
      if (entity != null && entity.getTrailers() != null) {
        for (Header trailer : entity.getTrailers().get()) {
          etag = trailer.getName().equalsIgnoreCase("Etag") ? trailer : etag;
        }
      }
      return new Answer(response.getCode(), body, etag == null ? null : etag.getValue());
    }
  }

  private void check(Answer answer) throws Unavailable {
    if (answer.status() != 200) {
      throw new Unavailable(at() + " said " + answer.status() + ": " + reason(answer), null);
    }
  }

  private static String reason(Answer answer) {
    try {
      JsonNode json = JSON.readTree(answer.body());
      return json.path("error").asText(answer.body().strip());
    } catch (JsonProcessingException e) {
      return answer.body().strip();
    }
  }

  private JsonNode parse(Answer answer) throws Unavailable {
    try {
      return JSON.readTree(answer.body());
    } catch (JsonProcessingException e) {
      throw new Unavailable(at() + " did not answer in JSON; is it Caddy's admin API?", e);
    }
  }

  private String at() {
    return "Caddy at CADDY_ADMIN_URL " + url;
  }
}
