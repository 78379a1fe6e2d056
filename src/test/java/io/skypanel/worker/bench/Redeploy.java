package io.skypanel.worker.bench;

import io.skypanel.worker.WorkerBench;
import io.skypanel.worker.WorkerProcess;
import io.skypanel.worker.sandbox.DeploymentView;
import io.skypanel.worker.sandbox.PanelCall;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * An app is deployed again and again, one line changed each time: by the worker, from the panel's
 * answer to {@code accept} to its answer to {@code deployed}, and by the three commands.
 */
final class Redeploy implements Measure {
  private static final List<String> COMMANDS =
      List.of(
          "git clone -q --depth 1 \"$URL\" \"$DIR\"",
          "docker build -q -t \"$IMAGE\" \"$DIR\"",
          "docker run -q -d --name \"$NAME\" -p 127.0.0.1::3000 \"$IMAGE\"");

  /** By hand, each takes minutes: BuildKit is taken as the faster, as with fewer files. */
  static final int TOO_MANY_FOR_A_TRIAL = 100_000;

  private final String id;
  private final int files;
  private final long bytes;
  private final double goal;

  Redeploy(String id, int files, long bytes, double goal) {
    this.id = id;
    this.files = files;
    this.bytes = bytes;
    this.goal = goal;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public Row run(int runs) throws Exception {
    Path folder = Files.createTempDirectory("skypanel-bench");
    try (WorkerBench bench = WorkerBench.open();
        WorkerProcess worker = Launched.worker(bench);
        CommandLine typed = new CommandLine(folder)) {
      BenchApp ours = BenchApp.sized(bench.git, files, bytes);
      BenchApp theirs = BenchApp.sized(bench.git, files, bytes);
      if (files < TOO_MANY_FOR_A_TRIAL) {
        typed.chooseBuilder(theirs, Math.min(CommandLine.TRIALS, runs));
      } else {
        typed.deploy(theirs);
      }
      deploy(bench, ours);
      deploy(bench, ours);
      List<Double> ourSeconds = new ArrayList<>();
      List<Double> theirSeconds = new ArrayList<>();
      StageTimes before = StageTimes.of(worker);
      typed.forgetTimes();
      for (int run = 0; run < runs; run++) {
        ourSeconds.add(deploy(bench, ours));
        theirSeconds.add(typed.deploy(theirs));
      }
      System.err.printf("bench: %s, stages: %s%n", id, StageTimes.of(worker).since(before));
      System.err.printf("bench: %s, commands: %s%n", id, typed.times());
      return new Row(
          id,
          "redeploy of an app of " + (files + 2) + " files, one line changed each time",
          "accept -> deployed",
          typed.environment() + " " + String.join(" && ", COMMANDS),
          "s",
          ourSeconds,
          theirSeconds,
          goal);
    }
  }

  private static double deploy(WorkerBench bench, BenchApp app) {
    app.change();
    DeploymentView ended = bench.ended(bench.panel.queue(app.request()));
    if (!ended.status().equals("deployed")) {
      throw new IllegalStateException(ended.status() + ": " + ended.workerLog());
    }
    Duration accepted = bench.accepts(ended.id()).get(0).at();
    List<PanelCall> statuses = bench.panel.calls("POST .*/" + ended.id() + "/status");
    Duration deployed = statuses.get(statuses.size() - 1).at();
    return deployed.minus(accepted).toNanos() / 1e9;
  }

  /** The three commands, with a new folder and a new container each time. */
  private static final class CommandLine implements AutoCloseable {
    private static final int TRIALS = 3;

    private final Path folder;
    private String buildKit = "1";
    private final double[] seconds = new double[COMMANDS.size()];
    private int deployments;
    private int number;

    CommandLine(Path folder) {
      this.folder = folder;
    }

    /** Takes the faster of the two builders; that warms both up. */
    void chooseBuilder(BenchApp app, int trials) throws Exception {
      double withBuildKit = trial("1", app, trials);
      double classic = trial("0", app, trials);
      buildKit = withBuildKit <= classic ? "1" : "0";
    }

    private double trial(String value, BenchApp app, int trials) throws Exception {
      buildKit = value;
      deploy(app);
      List<Double> seconds = new ArrayList<>();
      for (int i = 0; i < trials; i++) {
        seconds.add(deploy(app));
      }
      return Row.median(seconds);
    }

    String environment() {
      return "DOCKER_BUILDKIT=" + buildKit;
    }

    double deploy(BenchApp app) throws Exception {
      app.change();
      number++;
      Map<String, String> variables =
          Map.of(
              "URL", app.url(),
              "DIR", "checkout-" + number,
              "IMAGE", "skypanel-bench:" + number,
              "NAME", "skypanel-bench-" + number,
              "DOCKER_BUILDKIT", buildKit);
      double all = 0;
      for (int i = 0; i < seconds.length; i++) {
        double took = Shell.time(COMMANDS.get(i), folder, variables).toNanos() / 1e9;
        seconds[i] += took;
        all += took;
      }
      deployments++;
      remove(number - 1);
      return all;
    }

    void forgetTimes() {
      Arrays.fill(seconds, 0);
      deployments = 0;
    }

    /** What each command took, on average. */
    String times() {
      return String.format(
          Locale.ROOT,
          "clone %.0f ms, build %.0f ms, run %.0f ms",
          seconds[0] / deployments * 1e3,
          seconds[1] / deployments * 1e3,
          seconds[2] / deployments * 1e3);
    }

    /** What came before goes, as the worker removes what it has replaced; it is not counted. */
    private void remove(int old) throws Exception {
      String script =
          "rm -rf checkout-N; docker rm -f skypanel-bench-N 2>&1 || true;"
              + " docker rmi skypanel-bench:N 2>&1 || true";
      Shell.time(script.replace("N", String.valueOf(old)), folder, Map.of());
    }

    @Override
    public void close() throws Exception {
      remove(number);
      Shell.time("rm -rf \"$DIR\"", folder, Map.of("DIR", folder.toString()));
    }
  }
}
