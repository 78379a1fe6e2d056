package io.skypanel.worker.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.skypanel.worker.fuzz.Fuzzing;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whatever an id is, its image, container and folder have names that engine and disk take. */
@Tag("fuzz")
class ImageRefFuzz {
  @Test
  void whatIsCleanedIsANameForImagesContainersAndFiles() {
    Fuzzing.run(
        ImageRefFuzz::id,
        id -> {
          String name = ImageRef.plain(id, "none");
          String clean = ImageRef.isCleanable(id) ? ImageRef.clean(id) : name;
          assertThat(List.of(name, clean))
              .allSatisfy(n -> assertThat(n).matches("[a-z0-9]+(-[a-z0-9]+)*"))
              .allSatisfy(n -> assertThat(n).hasSizeBetween(1, 63));
          assertThat(ImageRef.clean(clean)).isEqualTo(clean);
        });
  }

  private static String id(Random random) {
    String alphabet = "aZ09-_./:@ \n\0İıſK\u0130\ud800\udfffé";
    StringBuilder id = new StringBuilder();
    int length = random.nextInt(random.nextInt(20) == 0 ? 5000 : 80);
    for (int i = 0; i < length; i++) {
      id.append(
          random.nextInt(4) == 0
              ? (char) random.nextInt(0x10000)
              : alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return id.toString();
  }
}
