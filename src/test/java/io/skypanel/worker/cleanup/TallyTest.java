package io.skypanel.worker.cleanup;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TallyTest {
  @Test
  void saysInOneLineWhatWentAndHowMuchCameBack() {
    Tally tally =
        Tally.ofWorkspaces(2, 5)
            .plus(Tally.ofContainers(1, 0))
            .plus(Tally.ofNetworks(2))
            .plus(Tally.ofImages(3, 125 << 20));

    assertThat(tally).hasToString("2 workspaces, 1 container, 2 networks, 3 images: 125 MiB");
    assertThat(Tally.ofNetworks(1).isEmpty()).isFalse();
    assertThat(Tally.ofBuildCache(30L << 30)).hasToString("build cache: 30 GiB");
    assertThat(Tally.NONE.isEmpty()).isTrue();
  }
}
