package io.skypanel.worker.intake;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.panel.PanelAnswer;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class QueuedBuildsTest {
  private static BuildJob read(String metadata) throws Exception {
    String entry =
        "[{\"deploymentId\": \"d-1\", \"appId\": \"a-1\", \"githubRepoUrl\":"
            + " \"https://git.example.com/a.git\", \"metadata\": "
            + metadata
            + "}]";
    var answer =
        new PanelAnswer(
            200, new ObjectMapper().readTree(entry), Optional.empty(), Optional.empty());
    return (BuildJob) new QueuedBuilds((name, environment) -> name).read(answer).get(0);
  }

  @Test
  void whatTheMetadataSaysIsFoundHoweverItIsSpelt() throws Exception {
    BuildJob job = read("{\"node_version\": 22, \"healthCheckPath\": \" /health \"}");

    assertThat(job.hint("nodeVersion")).contains("22");
    assertThat(job.hint("HEALTH-CHECK-PATH")).contains("/health");
    assertThat(job.hint("pythonVersion")).isEmpty();
  }

  @Test
  void whatOneDeploymentOverridesWins() throws Exception {
    BuildJob job = read("{\"node_version\": \"20\", \"build_config\": {\"node_version\": \"24\"}}");

    assertThat(job.hint("nodeVersion")).contains("24");
  }

  @Test
  void whatIsOfNoUseIsPassedOver() throws Exception {
    BuildJob job =
        read("{\"a\": null, \"b\": [1], \"c\": {\"d\": 1}, \"e\": \"\", \"f\": \"x\\u0000y\"}");

    assertThat(job.metadata()).isEmpty();
  }

  @Test
  void keysOfAnUnknownAnswerCanForgeNoLineOfTheLog() throws Exception {
    Logger logger = (Logger) LoggerFactory.getLogger(QueuedBuilds.class);
    ListAppender<ILoggingEvent> logged = new ListAppender<>();
    logged.start();
    logger.addAppender(logged);
    try {
      var body =
          new ObjectMapper().readTree("{\"a\\n12:00:00 INFO forged\": 1, \"\\u001b[2J\": 2}");
      new QueuedBuilds((name, environment) -> name)
          .read(new PanelAnswer(200, body, Optional.empty(), Optional.empty()));
    } finally {
      logger.detachAppender(logged);
    }
    assertThat(logged.list)
        .singleElement()
        .extracting(ILoggingEvent::getFormattedMessage)
        .asString()
        .contains("forged")
        .doesNotContain("\n", "\u001b");
  }

  @Test
  void metadataThatIsNoObjectIsNone() throws Exception {
    assertThat(read("\"text\"").metadata()).isEmpty();
  }
}
