package io.skypanel.worker.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.BuildImageResultCallback;
import com.github.dockerjava.api.exception.DockerClientException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.BuildResponseItem;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SampleAppIT {
  @TempDir Path folder;
  private SandboxEngine engine;
  private DockerClient docker;
  private final String tag = "skypanel-sandbox-test/" + UUID.randomUUID() + ":1";
  private final StringBuilder output = new StringBuilder();
  private Optional<String> container = Optional.empty();

  @BeforeEach
  void makeTheBase() throws Exception {
    engine = SandboxEngine.connect(System.getenv(), folder);
    docker = engine.docker();
    engine.makeBase();
  }

  @AfterEach
  void removeWhatWasMade() throws Exception {
    container.ifPresent(c -> docker.removeContainerCmd(c).withForce(true).exec());
    try {
      docker.removeImageCmd(tag).exec();
    } catch (NotFoundException e) {
      // this test made none
    }
    engine.removeIntermediates(output.toString());
    engine.close();
  }

  @ParameterizedTest
  @EnumSource(names = {"STATIC_SITE", "GREETING"})
  void servesItsPageOnThePortItIsGiven(SampleApp sample) throws Exception {
    build(sample);
    var created = docker.createContainerCmd(tag).withEnv("PORT=8123", environment(sample)).exec();
    container = Optional.of(created.getId());
    docker.startContainerCmd(created.getId()).exec();
    String address =
        docker
            .inspectContainerCmd(created.getId())
            .exec()
            .getNetworkSettings()
            .getNetworks()
            .get("bridge")
            .getIpAddress();

    await()
        .atMost(Duration.ofSeconds(20))
        .ignoreExceptions()
        .untilAsserted(
            () ->
                assertThat(fetch("http://" + address + ":8123/"))
                    .contains(sample.expectedInPage().orElseThrow()));
  }

  @Test
  void failsWithAnExplanationWhereItIsMeantTo() {
    assertThatThrownBy(() -> build(SampleApp.BROKEN_BUILD))
        .isInstanceOf(DockerClientException.class)
        .hasMessageContaining("returned a non-zero code: 3");
    assertThat(output).contains("did you mean 'answers'?", "fails on purpose");
  }

  @Test
  void isQueuedWithItsNameAndEnvironment() {
    try (GitServer server = GitServer.open()) {
      BuildRequest request = SampleApp.GREETING.request(SampleApp.GREETING.pushTo(server));
      assertThat(request.fields().path("appName").asText()).isEqualTo("greeting");
      assertThat(request.fields().at("/environmentVariables/PORT").asText()).isEqualTo("8080");
    }
  }

  private void build(SampleApp sample) {
    try (GitServer server = GitServer.open()) {
      Path checkout = folder.resolve("checkout");
      String url = sample.pushTo(server).url();
      new GitProgram(folder)
          .run(new byte[0], "clone", "--quiet", "--depth=1", url, checkout.toString());
      docker
          .buildImageCmd()
          .withBaseDirectory(checkout.toFile())
          .withDockerfile(checkout.resolve("Dockerfile").toFile())
          .withTags(Set.of(tag))
          .withForcerm(true)
          .exec(
              new BuildImageResultCallback() {
                @Override
                public void onNext(BuildResponseItem item) {
                  Optional.ofNullable(item.getStream()).ifPresent(output::append);
                  super.onNext(item);
                }
              })
          .awaitImageId();
    }
  }

  private static String environment(SampleApp sample) {
    return "GREETING=" + sample.environment().getOrDefault("GREETING", "");
  }

  private static String fetch(String url) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(2)).build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }
}
