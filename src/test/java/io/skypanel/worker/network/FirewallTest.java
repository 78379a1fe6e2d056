package io.skypanel.worker.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skypanel.worker.process.ProgramRunner;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the firewall makes of the answers of {@code iptables}; whom it stops is an IT's. */
class FirewallTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  /** As version 1.8.9 of the two kinds says it. */
  private static final String LOCKED =
      """
      Can't lock /run/xtables.lock: Resource temporarily unavailable
      Another app is currently holding the xtables lock. Stopped waiting after 5s.
      """;

  private static final String NO_RIGHTS =
      "iptables v1.8.9 (nf_tables): Could not fetch rule set generation id: Permission denied (you"
          + " must be root)\n";

  private final List<List<String>> calls = new CopyOnWriteArrayList<>();
  private final AtomicInteger refusals = new AtomicInteger();
  private StandInEngine engine;

  @BeforeEach
  void open() throws Exception {
    engine = new StandInEngine();
  }

  @AfterEach
  void close() throws Exception {
    engine.close();
  }

  /** Programs that refuse as often as is set, and then do what they are told. */
  private Firewall firewall(String refusal, int exitCode) {
    ProgramRunner programs =
        (command, directory, environment, output, stop) -> {
          calls.add(command);
          if (refusals.getAndDecrement() > 0) {
            output.accept(refusal);
            return exitCode;
          }
          return 0;
        };
    return new Firewall(true, engine.engine.client(), programs);
  }

  @Test
  void aPacketFilterThatAnotherProgramWritesIsWaitedFor() throws Exception {
    refusals.set(2);
    Firewall firewall = firewall(LOCKED, 4);

    firewall.raise(LONG, () -> true);

    assertThat(firewall.state()).isEqualTo("on");
    assertThat(calls).hasSizeGreaterThan(4).allMatch(command -> command.contains("-w"));
  }

  @Test
  void oneThatStaysBusyIsNamedWithTheWayOut() {
    refusals.set(Integer.MAX_VALUE);
    Firewall firewall = firewall(LOCKED, 4);

    assertThatThrownBy(() -> firewall.raise(Duration.ZERO, () -> true))
        .isInstanceOf(Firewall.Busy.class)
        .hasMessageContaining("holds the packet filter (iptables: Another app is currently")
        .hasMessageContaining("fuser -v /run/xtables.lock");
    assertThatThrownBy(() -> firewall.raise(LONG, () -> false)).isInstanceOf(Firewall.Busy.class);
    assertThat(firewall.state()).startsWith("failing: iptables: Another app");
  }

  @Test
  void missingRightsAreNotWaitedFor() {
    refusals.set(Integer.MAX_VALUE);
    Firewall firewall = firewall(NO_RIGHTS, 4);

    assertThatThrownBy(() -> firewall.raise(LONG, () -> true))
        .isInstanceOf(Firewall.Unusable.class)
        .isNotInstanceOf(Firewall.Busy.class)
        .hasMessageContaining("Permission denied")
        .hasMessageContaining("CAP_NET_ADMIN");
    assertThat(calls).hasSize(1);
  }

  @Test
  void keepingItUpWaitsForAnotherProgramThatSoonEnds() throws Exception {
    Firewall firewall = firewall(LOCKED, 4);
    firewall.raise(LONG, () -> true);
    refusals.set(1);

    firewall.keep();

    assertThat(firewall.state()).isEqualTo("on");
    assertThat(refusals).hasNegativeValue();
  }

  @Test
  void keepingItUpTriesOnceWhatWaitingDoesNotHelpAndSaysWhatFails() {
    refusals.set(1);
    Firewall firewall = firewall(NO_RIGHTS, 4);

    firewall.keep();
    assertThat(firewall.state()).startsWith("failing");
    firewall.keep();
    assertThat(firewall.state()).isEqualTo("on");
  }
}
