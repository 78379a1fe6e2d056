package io.skypanel.worker.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.skypanel.worker.hostile.HostileContent;
import io.skypanel.worker.hostile.HostileContexts;
import io.skypanel.worker.hostile.HostileDockerfiles;
import io.skypanel.worker.job.BuildFailure;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every hostile repository that we know of, built by any {@link ImageBuilder}, on the real engine.
 */
abstract class HostileContentContract extends HostileBuildContract {
  /** All; a builder that some are not for has its own such method. */
  static Stream<HostileContent> hostile() {
    return Stream.concat(HostileDockerfiles.all().stream(), HostileContexts.all().stream());
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void aHostileRepositoryIsBuiltHarmlesslyOrRefusedWithTheReason(HostileContent content)
      throws Exception {
    content.filling().into(checkout);

    Throwable thrown = catchThrowable(this::build);

    if (content.failure().isEmpty()) {
      assertThat(thrown).isNull();
    } else {
      assertThat(thrown)
          .isInstanceOf(BuildFailure.UserFault.class)
          .hasMessageContaining(content.failure().get())
          .hasMessageNotContaining(HostileContexts.SECRET);
    }
    assertThat(progress.output()).doesNotContain(HostileContexts.SECRET);
  }
}
