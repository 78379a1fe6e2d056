package io.skypanel.worker.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.skypanel.worker.job.BuildFailure;
import java.io.IOException;
import org.apache.camel.RuntimeCamelException;
import org.junit.jupiter.api.Test;

class ReasonTest {
  private final IOException root = new IOException("No space left on device");

  @Test
  void aFailureOfOursIsTheReasonAndNotWhatCausedIt() {
    var failure = new BuildFailure.WorkerFault("The workspace can't be made", root);

    assertThat(Reason.of(new RuntimeCamelException(failure))).isSameAs(failure);
  }

  @Test
  void elseItIsWhateverCamelHasWrapped() {
    assertThat(Reason.of(new RuntimeCamelException(root))).isSameAs(root);
  }
}
