package io.skypanel.worker.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WaitingConnectionsTest {
  @TempDir Path folder;

  @Test
  void aKernelThatResetsThemIsNamedWithTheWayOut() throws IOException {
    Path setting = Files.writeString(folder.resolve("setting"), "0\n");

    assertThat(WaitingConnections.warning(setting))
        .hasValueSatisfying(
            text -> assertThat(text).contains("sysctl -w net.ipv4.tcp_migrate_req=1"));
  }

  @Test
  void aKernelThatHandsThemOverIsSilent() throws IOException {
    Path setting = Files.writeString(folder.resolve("setting"), "1\n");

    assertThat(WaitingConnections.warning(setting)).isEmpty();
  }

  @Test
  void aKernelWithoutTheSettingIsSilent() {
    assertThat(WaitingConnections.warning(folder.resolve("absent"))).isEmpty();
  }
}
