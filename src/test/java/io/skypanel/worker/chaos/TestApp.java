package io.skypanel.worker.chaos;

import io.skypanel.worker.sandbox.BuildRequest;
import io.skypanel.worker.sandbox.BusyboxImage;
import io.skypanel.worker.sandbox.GitRepository;
import java.util.Map;
import java.util.UUID;

/**
 * One version of a small web app whose image takes a while to build and which takes a while to
 * listen.
 *
 * @param request queues it
 * @param marker stands in its page, in its containers' commands and in its images' history
 */
record TestApp(BuildRequest request, String marker) {

  /**
   * Commits the next version to {@code repository}.
   *
   * @param url where a worker gets it
   * @param slow whether its phases are long enough to be met
   */
  static TestApp next(GitRepository repository, String url, String appId, boolean slow) {
    String marker = "chaos-" + UUID.randomUUID();
    String work = slow ? "; trap 'exit 143' TERM; sleep 2 & wait $!" : "";
    String warmUp = slow ? "sleep 2.5 & wait $!; " : "";
    repository.commit(
        Map.of(
            "Dockerfile",
            "FROM "
                + BusyboxImage.NAME
                + "\nRUN echo "
                + marker
                + work
                + "\nCMD [\"sh\", \"-c\", \"trap 'exit 0' TERM; mkdir -p /www; echo "
                + marker
                + " > /www/index.html; "
                + warmUp
                + "httpd -f -p $PORT -h /www & wait $!\"]\n"),
        marker);
    return new TestApp(BuildRequest.of(url).app(appId), marker);
  }

  String appId() {
    return request.appId();
  }

  String deploymentId() {
    return request.deploymentId();
  }
}
