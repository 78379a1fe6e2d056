package io.skypanel.worker.bench;

import io.skypanel.worker.WorkerBench;
import io.skypanel.worker.WorkerProcess;
import io.skypanel.worker.sandbox.BuildRequest;
import io.skypanel.worker.sandbox.GitRepository;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Builds with a step of four seconds, three at a time: by the worker, from the first accept to the
 * last final status, and by xargs.
 */
final class BuildsAtOnce implements Measure {
  private static final String ONE =
      "git clone -q --depth 1 $0 $1 && docker build -q -t skypanel-bench:$1 $1"
          + " && docker run -q -d --name skypanel-bench-$1 -p 127.0.0.1::3000 skypanel-bench:$1";
  private static final String COMMANDS = "xargs -P3 -n2 sh -ec '" + ONE + "' < builds";
  private static final String CLEAR_UP =
      "docker ps -aq --filter name=skypanel-bench-at-once | xargs -r docker rm -f;"
          + " docker images -q skypanel-bench | xargs -r docker rmi -f; rm -rf at-once-*";

  private final int builds;

  BuildsAtOnce(int builds) {
    this.builds = builds;
  }

  @Override
  public String id() {
    return "builds-" + builds;
  }

  @Override
  public Row run(int runs) throws Exception {
    Path folder = Files.createTempDirectory("skypanel-bench");
    try (WorkerBench bench = WorkerBench.open();
        WorkerProcess worker = Launched.worker(bench, "MAX_CONCURRENT_BUILDS", "3")) {
      List<GitRepository> ours = repositories(bench);
      List<BuildRequest> apps = ours.stream().map(r -> BuildRequest.of(r.url())).toList();
      List<GitRepository> theirs = repositories(bench);
      byWorker(bench, ours, apps);
      byXargs(folder, theirs);
      List<Double> ourSeconds = new ArrayList<>();
      List<Double> theirSeconds = new ArrayList<>();
      for (int run = 0; run < runs; run++) {
        ourSeconds.add(byWorker(bench, ours, apps));
        theirSeconds.add(byXargs(folder, theirs));
      }
      return new Row(
          id(),
          builds + " builds with a step of 4 s, three at a time",
          "first accept -> last final status",
          COMMANDS,
          "s",
          ourSeconds,
          theirSeconds,
          1.05);
    } finally {
      Shell.time("rm -rf \"$DIR\"", Path.of("/"), Map.of("DIR", folder.toString()));
    }
  }

  private List<GitRepository> repositories(WorkerBench bench) {
    List<GitRepository> repositories = new ArrayList<>();
    for (int i = 0; i < builds; i++) {
      repositories.add(bench.git.create("at-once-" + UUID.randomUUID()));
    }
    return repositories;
  }

  private static void change(GitRepository repository) {
    String dockerfile =
        WorkerBench.dockerfile(
            "RUN echo " + UUID.randomUUID() + " && sleep 4",
            "EXPOSE 3000",
            // ends when it is told to, or the next version would wait for its port
            "CMD [\"sh\", \"-c\", \"trap exit TERM; httpd -f -p 3000 & wait\"]");
    repository.commit(Map.of("Dockerfile", dockerfile), "Next version");
  }

  private static double byWorker(
      WorkerBench bench, List<GitRepository> repositories, List<BuildRequest> apps) {
    repositories.forEach(BuildsAtOnce::change);
    List<String> ids = apps.stream().map(app -> bench.panel.queue(app.again())).toList();
    ids.forEach(bench::ended);
    return Launched.span(bench, ids);
  }

  private static double byXargs(Path folder, List<GitRepository> repositories) throws Exception {
    StringBuilder builds = new StringBuilder();
    for (int i = 0; i < repositories.size(); i++) {
      change(repositories.get(i));
      builds.append(repositories.get(i).url()).append(" at-once-").append(i).append('\n');
    }
    Files.writeString(folder.resolve("builds"), builds);
    Duration took = Shell.time(COMMANDS, folder, Map.of());
    Shell.time(CLEAR_UP, folder, Map.of());
    return took.toNanos() / 1e9;
  }
}
