package io.skypanel.worker.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skypanel.worker.apps.AppDeployment;
import io.skypanel.worker.apps.AppRecords;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.settings.PortRange;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostPortsTest {
  private static final Set<Integer> NONE = Set.of();
  @TempDir Path folder;
  private AppRecords records;
  private HostPorts ports;

  @BeforeEach
  void start() {
    records = new AppRecords(folder);
    ports = new HostPorts(new PortRange(100, 104), records, port -> port != 101);
  }

  @Test
  void takesTheFirstPortThatNobodyHas() throws Exception {
    assertThat(ports.choose("a", Set.of(100), NONE, false)).isEqualTo(102);
    assertThat(ports.choose("b", Set.of(100), NONE, false)).isEqualTo(103);
  }

  @Test
  void alternatesBetweenTheAppsOwnTwo() throws Exception {
    assertThat(ports.choose("a", NONE, NONE, false)).isEqualTo(100);
    records.update("a", app -> app.with(served(100)));
    assertThat(ports.choose("a", Set.of(100), NONE, false)).isEqualTo(102);
    assertThat(ports.choose("a", Set.of(102), NONE, false)).isEqualTo(100);
    assertThat(ports.choose("a", Set.of(100), NONE, false)).isEqualTo(102);
    assertThat(records.find("a").orElseThrow().ports()).containsExactlyInAnyOrder(100, 102);
  }

  @Test
  void anIngressKnowsBothPortsFromTheStart() throws Exception {
    assertThat(ports.choose("a", NONE, NONE, true)).isEqualTo(100);
    assertThat(records.find("a").orElseThrow().ports()).containsExactly(100, 102);
    records.update("a", app -> app.with(served(100)));
    assertThat(ports.choose("a", Set.of(100), NONE, true)).isEqualTo(102);
    assertThat(ports.choose("a", Set.of(102), NONE, true)).isEqualTo(100);
    assertThat(records.find("a").orElseThrow().ports()).containsExactly(100, 102);
  }

  @Test
  void replacesAnOwnPortThatTheEngineRefusesAndKeepsTheRunningOne() throws Exception {
    ports.choose("a", NONE, NONE, false);
    records.update("a", app -> app.with(served(100)));
    ports.choose("a", Set.of(100), NONE, false);

    assertThat(ports.choose("a", Set.of(100), Set.of(102), false)).isEqualTo(103);

    assertThat(records.find("a").orElseThrow().ports()).containsExactly(100, 103);
  }

  @Test
  void leavesPortsOutsideAChangedRange() throws Exception {
    records.update("a", app -> app.withPorts(List.of(7000, 7001)));

    assertThat(ports.choose("a", NONE, NONE, false)).isEqualTo(100);
    assertThat(records.find("a").orElseThrow().ports()).containsExactly(100);
  }

  @Test
  void anExhaustedRangeIsNamedWithItsSetting() {
    assertThatThrownBy(() -> ports.choose("a", Set.of(100, 102, 103), Set.of(104), false))
        .isInstanceOf(BuildFailure.WorkerFault.class)
        .hasMessageContaining("100-104")
        .hasMessageContaining("APP_PORT_RANGE");
  }

  private static AppDeployment served(int port) {
    return new AppDeployment(
        "d",
        "sha",
        "skypanel-app-a:d",
        "sha256:1",
        List.of(),
        Optional.of("c"),
        "skypanel-app-a-d",
        OptionalInt.of(port),
        Instant.EPOCH,
        true,
        true,
        Optional.empty());
  }
}
