package io.skypanel.worker.sandbox;

import io.skypanel.worker.settings.SettingsException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * The whole way on one machine: a sandbox panel, a git server, three sample apps (one fails on
 * purpose) and a real worker as a child process. What it makes it also removes, on Ctrl-C as well.
 */
public final class Demo {
  private static final Duration BUILD_LIMIT = Duration.ofMinutes(5);
  private static final Duration LOG_LIMIT = Duration.ofSeconds(15);
  private static final long LOOK_MILLIS = 100;

  private final Path workerJar;
  private final Map<String, String> environment;

  /** A demo of the worker in {@code workerJar}, with this process's environment. */
  public Demo(Path workerJar) {
    this(workerJar, System.getenv());
  }

  Demo(Path workerJar, Map<String, String> environment) {
    this.workerJar = workerJar;
    this.environment = environment;
  }

  /**
   * Runs the demo. Blocks: with {@code once} until everything is checked and cleared up, without
   * until this thread is interrupted or the process is asked to end.
   *
   * @param out where progress and results are printed
   * @return the exit code: 0, or 1 when something was not as it should be, which is then printed
   */
  public int run(boolean once, PrintStream out) {
    if (!Files.isRegularFile(workerJar)) {
      out.println("demo: " + workerJar + " is not there; run bin/demo, or mvn package");
      return 1;
    }
    DemoStage stage;
    try {
      stage = DemoStage.open(environment);
    } catch (IOException | SettingsException | RuntimeException e) {
      out.println("demo: can't begin: " + e.getMessage());
      return 1;
    }
    // on a signal the process ends with what this thread has done, whatever run() answers
    Thread onExit =
        new Thread(
            () -> {
              out.println("demo: ending, clearing up");
              stage.clear().forEach(p -> out.println("demo: FAILED: " + p));
            },
            "demo-clear");
    Runtime.getRuntime().addShutdownHook(onExit);
    List<String> problems = new ArrayList<>();
    try {
      play(stage, once, out, problems);
    } catch (IOException | RuntimeException e) {
      if (!stage.isEnding()) {
        problems.add(e.getMessage() == null ? e.toString() : e.getMessage());
      }
    } catch (InterruptedException e) {
      out.println("demo: interrupted, clearing up");
    }
    problems.addAll(stage.clear());
    forget(onExit);
    problems.forEach(p -> out.println("demo: FAILED: " + p));
    if (problems.isEmpty()) {
      out.println("demo: done, everything it made is removed");
    }
    return problems.isEmpty() ? 0 : 1;
  }

  private void play(DemoStage stage, boolean once, PrintStream out, List<String> problems)
      throws IOException, InterruptedException {
    out.println("demo: making the samples' base image");
    stage.makeBase();
    SandboxPanel panel = stage.panel();
    DemoCheck check = new DemoCheck(panel);
    out.println("demo: panel at " + panel.url() + ", git server at " + stage.git().url());
    for (SampleApp sample : SampleApp.values()) {
      String id = panel.queue(sample.request(sample.pushTo(stage.git())));
      check.expect(id, sample);
      out.println("demo: queued " + sample.appName());
    }
    WorkerProcess worker = stage.startWorker(workerJar);
    out.println("demo: worker started, its output is in " + stage.workerLog());

    DemoView view = new DemoView(panel, out);
    boolean ended =
        await(
            BUILD_LIMIT,
            () -> {
              view.showProgress();
              return check.allEnded() || !worker.isAlive();
            });
    if (!ended || !worker.isAlive()) {
      out.println("demo: the worker's last lines:");
      worker.lastLines(40).forEach(out::println);
      throw new IOException(
          worker.isAlive()
              ? "not every build has ended after " + BUILD_LIMIT.toMinutes() + " minutes"
              : "the worker ended before its builds did");
    }
    // lines may still be on their way when the last status is there
    await(LOG_LIMIT, check::allLogsArrived);
    view.showAll();
    view.showUrls();
    problems.addAll(check.problems());
    if (!problems.isEmpty()) {
      out.println("demo: the worker's last lines:");
      worker.lastLines(40).forEach(out::println);
    }
    if (!once) {
      stay(stage, worker, view, out);
    }
  }

  private static void stay(DemoStage stage, WorkerProcess worker, DemoView view, PrintStream out)
      throws IOException, InterruptedException {
    String panel = stage.panel().url();
    out.println();
    out.println("Running until Ctrl-C. All that the panel knows:");
    out.println("  curl -s " + panel + "/sandbox");
    out.println("Another build:");
    String repository = stage.git().url() + "/" + SampleApp.STATIC_SITE.appName() + ".git";
    out.println("  " + Sandbox.queueCommand(panel, repository));
    while (worker.isAlive()) {
      view.showProgress();
      Thread.sleep(LOOK_MILLIS);
    }
    throw new IOException("the worker ended");
  }

  private static boolean await(Duration limit, BooleanSupplier condition)
      throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        return false;
      }
      Thread.sleep(LOOK_MILLIS);
    }
    return true;
  }

  private static void forget(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // the process is ending, and the hook has run
    }
  }
}
