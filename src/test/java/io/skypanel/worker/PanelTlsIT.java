package io.skypanel.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.skypanel.worker.ingress.Caddy;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A panel behind Caddy, with a certificate by an authority of Caddy's own. */
class PanelTlsIT {
  @TempDir Path folder;

  private WorkerBench bench;
  private Caddy caddy;
  private Path authority;

  @BeforeEach
  void putThePanelBehindCaddy() throws IOException {
    bench = WorkerBench.open();
    caddy = Caddy.start(folder);
    authority = folder.resolve("data/caddy/pki/authorities/local/root.crt");
    // Java names no host without a dot in its greeting, hence default_sni
    caddy.load(
        """
        {"http": {"servers": {"panel": {"listen": [":PORT"],
            "automatic_https": {"disable_redirects": true},
            "tls_connection_policies": [{"default_sni": "localhost"}],
            "routes": [{"match": [{"host": ["localhost"]}],
                "handle": [{"handler": "reverse_proxy", "upstreams": [{"dial": "%s"}]}]}]}}},
         "tls": {"automation": {"policies": [{"issuers": [{"module": "internal"}]}]}},
         "pki": {"certificate_authorities": {"local": {"install_trust": false}}}}
        """
            .formatted(URI.create(bench.panel.url()).getAuthority()));
    await().atMost(Duration.ofSeconds(30)).until(() -> Files.exists(authority));
  }

  @AfterEach
  void stop() throws Exception {
    caddy.close();
    bench.close();
  }

  private String url(String host) {
    return "https://" + host + ":" + caddy.port() + URI.create(bench.panel.url()).getPath();
  }

  private WorkerProcess worker(String host, Path authorities) {
    return bench.prepared("SKYPANEL_URL", url(host), "SKYPANEL_CA_FILE", authorities.toString());
  }

  @Test
  void anAuthorityOfTheOperatorsOwnIsTrusted() throws Exception {
    try (WorkerProcess worker = worker("localhost", authority)) {
      worker.start();
      worker.awaitOutput("Ready");

      assertThat(bench.panel.nodes()).hasSize(1);
    }
  }

  @Test
  void aCertificateOfAnUnknownAuthorityIsNotTrustedAndTheRemedyIsNamed() throws Exception {
    try (WorkerProcess worker = bench.prepared("SKYPANEL_URL", url("localhost"))) {
      worker.start();
      worker.awaitOutput("SKYPANEL_CA_FILE");

      assertThat(bench.panel.nodes()).isEmpty();
    }
  }

  @Test
  void aCertificateForAnotherNameIsNotTrusted() throws Exception {
    try (WorkerProcess worker = worker("127.0.0.1", authority)) {
      worker.start();
      worker.awaitOutput("must be for the host of SKYPANEL_URL");

      assertThat(bench.panel.nodes()).isEmpty();
    }
  }

  @Test
  void aFileWithoutCertificatesEndsTheStart() throws Exception {
    Path empty = Files.writeString(folder.resolve("empty.pem"), "");
    try (WorkerProcess worker = worker("localhost", empty)) {
      worker.start();

      assertThat(worker.awaitExit(Duration.ofSeconds(20))).isEqualTo(2);
      assertThat(worker.output()).contains("SKYPANEL_CA_FILE", empty.toString());
    }
  }
}
