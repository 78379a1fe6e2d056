package io.skypanel.worker.image;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.skypanel.worker.engine.DockerEngine;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.GitSource;
import io.skypanel.worker.settings.DockerEndpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An engine that has one image, {@code base}, and says of it what the test wants. */
class ForeignImagesTest {
  private static final BuildJob JOB =
      new BuildJob(
          "d",
          "a",
          "app",
          Optional.empty(),
          Optional.empty(),
          new GitSource("https://example.com/a.git", "main", Optional.empty()),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Map.of(),
          Map.of());

  private HttpServer server;
  private DockerEngine engine;
  private String config = "{}";

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        call -> {
          boolean known = call.getRequestURI().getPath().equals("/images/base/json");
          byte[] body =
              ("{\"Id\":\"sha256:0\",\"RepoTags\":[\"base:latest\"],\"Config\":" + config + "}")
                  .getBytes(StandardCharsets.UTF_8);
          call.sendResponseHeaders(known ? 200 : 404, body.length);
          try (var out = call.getResponseBody()) {
            out.write(body);
          }
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

  @Test
  void anImageWhoseRecordIsTooLargeIsTheUsersFault() {
    config = "{\"Env\":[\"A=" + "x".repeat(2 << 20) + "\"]}";

    assertThatThrownBy(() -> check("FROM base\n", false))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessage(
            "FROM in line 1 of Dockerfile names base, which can't be used: the engine's record of"
                + " the image is larger than 1 MB; name an image that sets less");
  }

  @Test
  void anAddressThatABaseImageHasPutOffIsNotFetched() {
    config = "{\"OnBuild\":[\"RUN true\",\"ADD http://127.0.0.1/x /x\"]}";

    assertThatThrownBy(() -> check("FROM base\n", false))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining(
            "ADD in line 1 of an ONBUILD of base has the source http://127.0.0.1/x");
    assertThatCode(() -> check("FROM base\n", true)).doesNotThrowAnyException();
  }

  @Test
  void whatABaseImageHasPutOffMayNotGrowEither() {
    String doubling = "\"ENV A=$A$A\"";
    config = "{\"OnBuild\":[" + (doubling + ",").repeat(39) + doubling + "]}";

    assertThatThrownBy(() -> check("FROM base\n", false))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("of an ONBUILD of base grows to more than 128 KB");
  }

  @Test
  void whatABaseImageHasPutOffIsNotReadUnderAnotherEscapeCharacter() {
    config = "{\"OnBuild\":[\"RUN true\"]}";

    assertThatThrownBy(() -> check("# escape=`\nFROM base\n", false))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("FROM in line 2 of Dockerfile names base, which has put off");
  }

  @Test
  void aStageByItsNumberIsNoImageInABaseImageEither() {
    config = "{\"OnBuild\":[\"COPY --from=0 /x /x\"]}";

    assertThatCode(() -> check("FROM base\n", false)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "FROM 169.254.169.254/x",
        "FROM scratch\nCOPY --from=169.254.169.254:80/x / /",
        "FROM scratch\nRUN --mount=from=[fd00:ec2::254]/x,target=/x true",
        "FROM scratch\nONBUILD COPY --from=0xa9fea9fe:80/x / /"
      })
  void noImageComesFromAMetadataAddress(String dockerfile) {
    assertThatThrownBy(() -> check(dockerfile, true))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("at a link-local or metadata address");
  }

  @Test
  void aRegistryOnTheMachinesLoopbackIsAllowed() {
    assertThatCode(() -> check("FROM localhost:5000/x\nFROM 127.0.0.1:5000/x\n", false))
        .doesNotThrowAnyException();
  }

  private void check(String dockerfile, boolean remoteAdd) throws BuildFailure {
    ForeignImages foreign = new ForeignImages(engine.client(), remoteAdd);
    Readings readings = Readings.of("Dockerfile", dockerfile, DockerfileReader.Dialect.of(false));
    ImageReferences references = foreign.checkText(readings, Map.of(), Map.of(), JOB);
    foreign.checkImages(references, Map.of(), JOB);
  }
}
