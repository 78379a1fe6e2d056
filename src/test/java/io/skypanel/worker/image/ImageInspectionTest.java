package io.skypanel.worker.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.model.ContainerConfig;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ImageInspectionTest {
  private static ContainerConfig labels(int number, int length) {
    return new ContainerConfig()
        .withLabels(
            IntStream.range(0, number)
                .boxed()
                .collect(Collectors.toMap(i -> "label" + i, i -> "x".repeat(length))));
  }

  @Test
  void labelsThatImagesHaveAreFine() {
    assertThat(ImageInspection.excess(labels(40, 1_000))).isEmpty();
    assertThat(ImageInspection.excess(new ContainerConfig())).isEmpty();
  }

  @Test
  void fewLabelsOfGreatLengthAreTooMuch() {
    assertThat(ImageInspection.excess(labels(16, 60_000)))
        .contains("its labels have 960102 characters, more than 64 Ki");
  }

  @Test
  void aLabelsNameIsNoText() {
    ContainerConfig config = new ContainerConfig().withLabels(Map.of("a".repeat(5_000), "x"));

    assertThat(ImageInspection.excess(config))
        .contains("a label's name has 5000 characters, more than 4096");
  }
}
