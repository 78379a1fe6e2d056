package io.skypanel.worker.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.skypanel.worker.settings.Reserves;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResourcesTest {
  private static final long MORE_THAN_THERE_IS = 1L << 60;

  @TempDir Path folder;

  @Test
  void nothingIsMissingOnAMachineWithRoom() {
    assertThat(new Resources(new Reserves(1, 0, 1), List.of(folder)).shortage()).isEmpty();
  }

  @Test
  void aFullDiskIsNamedWithWhatIsFreeAndWhatMustBe() {
    var resources = new Resources(new Reserves(MORE_THAN_THERE_IS, 0, 1), List.of(folder));

    assertThat(resources.shortage().orElseThrow())
        .contains("MiB are free on the disk of " + folder)
        .contains("1099511627776 must be (MIN_FREE_DISK");
  }

  @Test
  void wantOfMemoryIsNamedToo() {
    var resources = new Resources(new Reserves(1, 0, MORE_THAN_THERE_IS), List.of(folder));

    assertThat(resources.shortage().orElseThrow()).contains("of memory are free");
  }

  @Test
  void aDiskThatIsNotOfThisMachineIsPassedOver() {
    var resources =
        new Resources(
            new Reserves(MORE_THAN_THERE_IS, 0, 1), List.of(folder.resolve("on-another-machine")));

    assertThat(resources.shortage()).isEmpty();
  }
}
