package io.skypanel.worker.panel;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.micrometer.core.instrument.MeterRegistry;
import io.skypanel.worker.job.Shown;
import java.io.IOException;
import java.io.InputStream;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.apache.camel.Body;
import org.apache.camel.Headers;
import org.apache.camel.Variable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The two ends of {@code call-panel}: a request becomes JSON, a response becomes a {@link
 * PanelAnswer}, whatever it was. Thread-safe.
 */
public final class PanelCalls {
  private static final Logger log = LoggerFactory.getLogger(PanelCalls.class);
  private static final long MAX_WAIT_SECONDS = 3600;
  private static final Duration WITHOUT_RETRY_AFTER = Duration.ofSeconds(60);

  private final ObjectMapper json;
  private final MeterRegistry meters;
  private final PanelContact contact;
  private final RequestBudget budget;

  public PanelCalls(
      ObjectMapper json, MeterRegistry meters, PanelContact contact, RequestBudget budget) {
    this.json = json;
    this.meters = meters;
    this.contact = contact;
    this.budget = budget;
  }

  /**
   * A request that is under way.
   *
   * @param request what is asked
   * @param startedNanos {@link System#nanoTime()} when it was begun
   */
  public record Call(PanelRequest request, long startedNanos) {}

  /** Notes the time; the variable {@code panelCall} keeps what this gives. */
  public Call begin(@Body PanelRequest request) {
    budget.spend();
    return new Call(request, System.nanoTime());
  }

  /** The request's JSON; empty for a GET. */
  public byte[] encode(@Variable("panelCall") Call call) throws JsonProcessingException {
    PanelRequest request = call.request();
    return request.body().isEmpty() ? new byte[0] : json.writeValueAsBytes(request.body());
  }

  /** Reads whatever the panel answered. */
  public PanelAnswer read(
      @Variable("panelCall") Call call,
      @Headers Map<String, Object> headers,
      @Body InputStream body) {
    int status = ((Number) headers.get("CamelHttpResponseCode")).intValue();
    Optional<Duration> retryAfter = seconds(headers, "Retry-After");
    learn(status, headers, retryAfter);
    Optional<String> problem = redirect(status, headers);
    JsonNode content = MissingNode.getInstance();
    try {
      if (body != null && problem.isPresent()) {
        AnswerReader.cutOff(body);
      } else if (body != null) {
        content = new AnswerReader(json, call.request().ofApps()).read(body, call.startedNanos());
      }
    } catch (JsonProcessingException e) {
      problem = Optional.of("the answer is no JSON");
    } catch (AnswerReader.TooLarge e) {
      problem = Optional.of(e.getMessage());
    } catch (IOException e) {
      problem = Optional.of("the answer broke off: " + e.getMessage());
    }
    return settle(call, new PanelAnswer(status, content, problem, retryAfter));
  }

  /** Redirects are not followed: a POST would become a GET, and a token go elsewhere. */
  private static Optional<String> redirect(int status, Map<String, Object> headers) {
    boolean redirects = status >= 300 && status < 400 && headers.get("Location") != null;
    return redirects
        ? Optional.of(
            "it redirects to "
                + Shown.of(headers.get("Location").toString())
                + "; correct SKYPANEL_URL")
        : Optional.empty();
  }

  /** For a call that got no answer. */
  public PanelAnswer fail(
      @Variable("panelCall") Call call, @org.apache.camel.ExchangeException Exception error) {
    String reason = error.getMessage() == null ? "" : ": " + error.getMessage();
    String remedy =
        error instanceof GeneralSecurityException || error instanceof SSLPeerUnverifiedException
            ? "; the certificate must be for the host of SKYPANEL_URL, by a public authority or one of"
                + " SKYPANEL_CA_FILE"
            : "";
    return settle(call, PanelAnswer.none(error.getClass().getSimpleName() + reason + remedy));
  }

  private PanelAnswer settle(Call call, PanelAnswer answer) {
    Duration took = Duration.ofNanos(System.nanoTime() - call.startedNanos());
    PanelRequest request = call.request();
    log.debug("{} -> {} in {} ms", request, answer.describe(), took.toMillis());
    meters
        .timer(
            "skypanel.panel.requests",
            "call",
            request.kind().name().toLowerCase(java.util.Locale.ROOT),
            "status",
            answer.status() == 0 ? "none" : String.valueOf(answer.status()))
        .record(took);
    contact.note(answer);
    return answer;
  }

  /** The limit's headers, as express-rate-limit writes them; the reset is seconds from now. */
  private void learn(int status, Map<String, Object> headers, Optional<Duration> retryAfter) {
    Optional<Long> limit = number(headers, "RateLimit-Limit");
    Optional<Long> remaining = number(headers, "RateLimit-Remaining");
    Optional<Duration> reset = seconds(headers, "RateLimit-Reset");
    if (status == 429) {
      budget.exhausted(retryAfter.or(() -> reset).orElse(WITHOUT_RETRY_AFTER));
    } else if (limit.isPresent() && remaining.isPresent() && reset.isPresent()) {
      budget.learn(limit.get(), remaining.get(), reset.get());
    }
  }

  private static Optional<Duration> seconds(Map<String, Object> headers, String name) {
    return number(headers, name)
        .map(seconds -> Duration.ofSeconds(Math.max(0, Math.min(seconds, MAX_WAIT_SECONDS))));
  }

  private static Optional<Long> number(Map<String, Object> headers, String name) {
    try {
      return Optional.ofNullable(headers.get(name)).map(v -> Long.parseLong(v.toString().strip()));
    } catch (NumberFormatException anHttpDate) {
      return Optional.empty();
    }
  }
}
