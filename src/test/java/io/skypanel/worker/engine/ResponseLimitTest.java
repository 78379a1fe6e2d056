package io.skypanel.worker.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.transport.DockerHttpClient;
import io.skypanel.worker.settings.DockerEndpoint;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class ResponseLimitTest {
  @TempDir Path folder;

  @Test
  void anEngineThatHangsOnItsSocketEndsTheCallAndLeavesTheThreadAsItWas() throws Exception {
    Path socket = folder.resolve("docker.sock");
    try (ServerSocketChannel hanging = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      hanging.bind(UnixDomainSocketAddress.of(socket));
      DockerEndpoint endpoint = new DockerEndpoint("unix://" + socket, false, Optional.empty());
      try (DockerEngine engine = new DockerEngine(endpoint, Duration.ofMillis(300))) {
        assertThatThrownBy(() -> engine.client().pingCmd().exec())
            .hasStackTraceContaining("did not answer GET /_ping within 0 s");
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
      }
    }
  }

  @Test
  void aFollowedLogMayTakeAsLongAsItWants() throws Exception {
    CountDownLatch answers = new CountDownLatch(1);
    try (ResponseLimit limit =
        new ResponseLimit(new Slow(answers, Duration.ofMillis(300)), Duration.ofMillis(50))) {
      limit.execute(request("/containers/a/logs?stdout=true&follow=true"));

      assertThat(answers.getCount()).isZero();
    }
  }

  private static DockerHttpClient.Request request(String path) {
    return DockerHttpClient.Request.builder()
        .method(DockerHttpClient.Request.Method.GET)
        .path(path)
        .build();
  }

  /** Answers after a while, with nothing. */
  private record Slow(CountDownLatch answers, Duration after) implements DockerHttpClient {
    @Override
    public Response execute(Request request) {
      try {
        if (!new CountDownLatch(1)
            .await(after.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS)) {
          answers.countDown();
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      return null;
    }

    @Override
    public void close() throws IOException {}
  }
}
