package io.skypanel.worker.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.skypanel.worker.engine.DockerEngine;
import io.skypanel.worker.job.Build;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.Dockerfile;
import io.skypanel.worker.job.SilentBuild;
import io.skypanel.worker.settings.DockerEndpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An engine for linux/amd64 whose one image, {@code base}, is what the test says. */
class BasePullTest {
  private final List<String> pulled = new CopyOnWriteArrayList<>();
  private HttpServer server;
  private DockerEngine engine;
  private boolean there;
  private boolean comesByPull;
  private int pullCode = 200;
  private String pullAnswer = failed("received unexpected HTTP status: 503");
  private String of = "\"Os\":\"linux\",\"Architecture\":\"amd64\"";

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        call -> {
          String path = call.getRequestURI().getPath();
          String answer = "";
          int code = 404;
          if (path.endsWith("/version")) {
            code = 200;
            answer = "{\"ApiVersion\":\"1.41\",\"Os\":\"linux\",\"Arch\":\"amd64\"}";
          } else if (path.endsWith("/images/create")) {
            code = pullCode;
            pulled.add(call.getRequestURI().getQuery());
            there = comesByPull;
            answer = pullAnswer;
          } else if (there) {
            code = 200;
            answer = "{\"Id\":\"sha256:0\"," + of + "}";
          }
          byte[] body = answer.getBytes(StandardCharsets.UTF_8);
          call.sendResponseHeaders(code, body.length == 0 ? -1 : body.length);
          call.getResponseBody().write(body);
          call.close();
        });
    server.start();
    String address = "tcp://127.0.0.1:" + server.getAddress().getPort();
    engine = new DockerEngine(new DockerEndpoint(address, false, Optional.empty()));
  }

  @AfterEach
  void stop() throws IOException {
    engine.close();
    server.stop(0);
  }

  /** The builder would ask the registry once more, and do what nobody has read. */
  @Test
  void aBaseImageThatCannotBePulledEndsTheBuildWithTheReason() {
    assertThatThrownBy(() -> pull("FROM base\n"))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageStartingWith("The base image base can't be had (FROM in line 1 of Dockerfile): ")
        .hasMessageContaining("503");
    assertThat(pulled).hasSize(1);

    pullAnswer = failed("dial tcp 10.0.0.1:443: i/o timeout");
    assertThatThrownBy(() -> pull("FROM base\n"))
        .isInstanceOf(BuildFailure.WorkerFault.class)
        .hasMessageContaining("its registry can't be reached");

    pullAnswer = "{\"status\":\"Download complete\"}";
    assertThatThrownBy(() -> pull("FROM base\n"))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("base");
  }

  @Test
  void aPullThatIsRefusedEndsTheBuildInTheEnginesWords() {
    pullCode = 404;
    pullAnswer = "{\"message\":\"pull access denied for base, repository does not exist\"}";

    assertThatThrownBy(() -> pull("FROM base\n"))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessage(
            "The base image base can't be had (FROM in line 1 of Dockerfile): pull access denied for"
                + " base, repository does not exist");
  }

  @Test
  void aBaseImageThatIsThereIsNotPulledAndOneThatIsNotComesFirst() throws Exception {
    comesByPull = true;
    pullAnswer = "{\"status\":\"Status: Downloaded newer image for base\"}";

    pull("FROM base\n");
    pull("FROM base AS again\nFROM again\nFROM scratch\n");

    assertThat(pulled).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "linux/arm64",
        "linux/amd64/v2",
        "arm64",
        "$BUILDPLATFORM",
        "",
        "${P:-linux/amd64}"
      })
  void anotherPlatformThanTheEnginesIsTheUsersFault(String platform) {
    there = true;

    assertThatThrownBy(() -> pull("FROM --platform=" + platform + " base AS x\n"))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessage(
            "FROM in line 1 of Dockerfile has --platform=%s, and this engine's classic builder takes"
                    .formatted(platform)
                + " images for linux/amd64 alone; leave the flag out, or ask the operator for"
                + " buildx");
  }

  @Test
  void theEnginesOwnPlatformIsFineIfTheImageIsForIt() throws Exception {
    there = true;

    for (String own : List.of("linux/amd64", "amd64", "LINUX/amd64", "linux")) {
      pull("FROM --platform=" + own + " base\n");
    }

    for (String other :
        List.of(
            "\"Os\":\"linux\",\"Architecture\":\"arm64\"",
            "\"Os\":\"linux\",\"Architecture\":\"amd64\",\"Variant\":\"v2\"")) {
      of = other;
      assertThatThrownBy(() -> pull("FROM --platform=linux/amd64 base\n"))
          .isInstanceOf(BuildFailure.UserFault.class)
          .hasMessageContaining("FROM in line 1 of Dockerfile names base, whose image here is not");
      assertThatCode(() -> pull("FROM base\n")).doesNotThrowAnyException();
    }
  }

  private static String failed(String error) {
    return "{\"status\":\"Pulling from base\"}\n{\"errorDetail\":{\"message\":\"%s\"},\"error\":\"%s\"}"
        .formatted(error, error);
  }

  private void pull(String text) throws BuildFailure {
    Dockerfile dockerfile = new Dockerfile("Dockerfile", text, Optional.empty());
    ImageReferences references =
        ImageReferences.of(
            Readings.of("Dockerfile", text, DockerfileReader.Dialect.ALL), Map.of(), Map.of());
    Build build = SilentBuild.make();
    new BasePull(
            engine.client(),
            RegistryLogins.read(Optional.empty()),
            new ForeignImages(engine.client(), false))
        .pull(references, build, new EngineFailure(dockerfile, Map.of()));
  }
}
