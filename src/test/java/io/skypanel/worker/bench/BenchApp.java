package io.skypanel.worker.bench;

import io.skypanel.worker.sandbox.BuildRequest;
import io.skypanel.worker.sandbox.BusyboxImage;
import io.skypanel.worker.sandbox.GitRepository;
import io.skypanel.worker.sandbox.GitServer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/** A web app of which one line changes with each version. */
final class BenchApp {
  private static final String DOCKERFILE =
      "FROM "
          + BusyboxImage.NAME
          + "\nWORKDIR /app\nCOPY . .\nEXPOSE 3000\nCMD [\"sh\", \"-c\", \"trap exit TERM; httpd -f -p 3000 & wait\"]\n";

  private final GitRepository repository;
  private final String organizationId = UUID.randomUUID().toString();
  private final String appId = UUID.randomUUID().toString();
  private int version;

  private BenchApp(GitRepository repository) {
    this.repository = repository;
  }

  /** Of two files. */
  static BenchApp small(GitServer git) {
    return sized(git, 0, 0);
  }

  /**
   * With so many files more, in folders of a hundred.
   *
   * @param bytes all of them together; their content does not compress
   */
  static BenchApp sized(GitServer git, int files, long bytes) {
    BenchApp app = new BenchApp(git.create("bench-" + UUID.randomUUID()));
    Map<String, String> content = new LinkedHashMap<>();
    content.put("Dockerfile", DOCKERFILE);
    Random random = new Random(7);
    int each = files == 0 ? 0 : (int) (bytes / files);
    for (int i = 0; i < files; i++) {
      content.put("files/" + i / 100 + "/" + i + ".txt", text(random, each));
    }
    app.repository.commit(content, "First version");
    app.change();
    return app;
  }

  private static String text(Random random, int length) {
    StringBuilder text = new StringBuilder(length);
    while (text.length() < length) {
      text.append(Long.toString(random.nextLong(), Character.MAX_RADIX)).append('\n');
    }
    text.setLength(length);
    return text.toString();
  }

  /** Commits the next version. */
  void change() {
    repository.commit(Map.of("index.html", "version " + ++version + "\n"), "Version " + version);
  }

  String url() {
    return repository.url();
  }

  /** A deployment of its newest version. */
  BuildRequest request() {
    return BuildRequest.of(repository.url()).app(appId).with("organizationId", organizationId);
  }
}
