package io.skypanel.worker.cleanup;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.skypanel.worker.apps.AppRecords;
import io.skypanel.worker.engine.DockerEngine;
import io.skypanel.worker.settings.DockerEndpoint;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IntermediateImagesTest {
  @TempDir Path state;

  @Test
  void anImageWhoseRecordCannotBeReadDoesNotKeepTheOthers() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        call -> {
          boolean odd = call.getRequestURI().getPath().contains("sha256:2");
          byte[] body = (odd ? "{odd" : "{\"Size\":1}").getBytes(StandardCharsets.UTF_8);
          boolean removes = call.getRequestMethod().equals("DELETE");
          call.sendResponseHeaders(200, removes ? -1 : body.length);
          if (!removes) {
            call.getResponseBody().write(body);
          }
          call.close();
        });
    server.start();
    String address = "tcp://127.0.0.1:" + server.getAddress().getPort();
    try (DockerEngine engine =
        new DockerEngine(new DockerEndpoint(address, false, Optional.empty()))) {
      LeftoverImages leftovers = new LeftoverImages(state);
      leftovers.accept(List.of("sha256:1", "sha256:2", "sha256:3"));

      Tally tally =
          new IntermediateImages(
                  engine.client(), new AppRecords(state), leftovers, 1, Set::<String>of)
              .remove();

      assertThat(tally).isEqualTo(Tally.ofImages(2, 0));
      assertThat(leftovers.ids()).containsExactly("sha256:2");
    } finally {
      server.stop(0);
    }
  }
}
