package io.skypanel.worker.ingress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.skypanel.worker.ingress.Ingress.Unavailable;
import io.skypanel.worker.settings.DeploySettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListenerTest {
  @ParameterizedTest
  @ValueSource(strings = {":443", "0.0.0.0:443", "[::]:443", "tcp/:443", "tcp/0.0.0.0:443"})
  void oneAddressMayBeWrittenInSeveralWays(String address) throws Exception {
    assertThat(listener(":443", true).find(servers(address, "{}"))).contains("mine");
    assertThat(listener("0.0.0.0:443", true).find(servers(address, "{}"))).contains("mine");
  }

  @ParameterizedTest
  @ValueSource(strings = {":4430", "127.0.0.1:443", "udp/:443", "unix//run/caddy.sock"})
  void anotherAddressIsAnothers(String address) throws Exception {
    ObjectNode servers = servers(address, "{}");

    assertThat(listener(":443", true).find(servers)).isEmpty();
    assertThat(listener(":443", true).open(servers, servers).toString())
        .isEqualTo("{\"listen\":[\":443\"]}");
    assertThat(servers.has("skypanel")).isTrue();
  }

  @Test
  void plainHttpSharesOnlyWhatStaysPlain() throws Exception {
    ObjectNode none = servers(":1", "{}");
    ObjectNode disabled = servers(":8080", "{\"disable\": true}");
    ObjectNode atHttpPort = servers(":80", "{}");
    ObjectNode other = servers(":8080", "{\"skip\": [\"mine.example.com\"]}");

    assertThat(listener(":8080", false).open(disabled, none)).isSameAs(disabled.get("mine"));
    assertThat(listener(":80", false).open(atHttpPort, none)).isSameAs(atHttpPort.get("mine"));
    assertThatThrownBy(() -> listener(":8080", false).open(other, none))
        .isInstanceOf(Unavailable.class);
    assertThat(
            listener(":8080", false)
                .open(other, json("{\"apps\": {\"http\": {\"http_port\": 8080}}}")))
        .isSameAs(other.get("mine"));
  }

  @Test
  void aServerOfItsOwnFollowsTheSetting() throws Exception {
    ObjectNode servers = json("{}");

    listener(":8080", false).open(servers, servers);
    assertThat(servers.at("/skypanel/automatic_https/disable").asBoolean()).isTrue();
    listener(":8080", true).open(servers, servers);
    assertThat(servers.at("/skypanel").has("automatic_https")).isFalse();
  }

  private static Listener listener(String listen, boolean tls) {
    return new Listener(
        new DeploySettings.Ingress(
            URI.create("http://127.0.0.1:2019"), listen, tls, "localhost", Path.of("/markers")));
  }

  private static ObjectNode servers(String address, String automaticHttps) throws IOException {
    return json(
        "{\"mine\": {\"listen\": [\"%s\"], \"automatic_https\": %s}}"
            .formatted(address, automaticHttps));
  }

  private static ObjectNode json(String text) throws IOException {
    return (ObjectNode) new ObjectMapper().readTree(text);
  }
}
