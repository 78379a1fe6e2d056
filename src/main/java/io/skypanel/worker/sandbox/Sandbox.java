package io.skypanel.worker.sandbox;

import io.skypanel.worker.settings.SettingsException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** The panel alone, with a git server that has the sample apps, for someone at a terminal. */
public final class Sandbox {
  private final int port;
  private final PrintStream out;
  private final Map<String, String> environment;

  /**
   * A sandbox on the loopback address.
   *
   * @param port the panel's; 0 for any free one
   * @param out where addresses and examples are printed
   */
  public Sandbox(int port, PrintStream out) {
    this(port, out, System.getenv());
  }

  Sandbox(int port, PrintStream out, Map<String, String> environment) {
    this.port = port;
    this.out = out;
    this.environment = environment;
  }

  /**
   * Serves until this thread is interrupted or the process is asked to end.
   *
   * @return the exit code: 0, or 1 when the port can't be had, which is then printed
   */
  public int run() {
    try (SandboxPanel panel = SandboxPanel.open(PanelOptions.today().on("127.0.0.1", port));
        GitServer git = GitServer.open()) {
      // a signal ends the process without a return from here
      Thread onExit = new Thread(git::close, "sandbox-clear");
      Runtime.getRuntime().addShutdownHook(onExit);
      makeBase();
      describe(panel, git);
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        Runtime.getRuntime().removeShutdownHook(onExit);
      }
      return 0;
    } catch (RuntimeException e) {
      out.println("sandbox: " + e.getMessage());
      return 1;
    }
  }

  private void makeBase() {
    try {
      Path scratch = Files.createTempDirectory("skypanel-sandbox-");
      try (SandboxEngine engine = SandboxEngine.connect(environment, scratch)) {
        engine.makeBase();
      } finally {
        Folder.remove(scratch);
      }
    } catch (IOException | SettingsException | RuntimeException e) {
      out.println(
          "sandbox: the samples can't be built yet, their base image is missing: "
              + e.getMessage()
              + "; run bin/docker-engine");
    }
  }

  private void describe(SandboxPanel panel, GitServer git) {
    String url = panel.url();
    out.println("Panel:  SKYPANEL_URL=" + url);
    out.println("Repositories:");
    String example = "";
    for (SampleApp sample : SampleApp.values()) {
      example = sample.pushTo(git).url();
      out.println("  " + example);
    }
    out.println();
    out.println("Queue a build:");
    out.println("  " + queueCommand(url, example));
    out.println("See what a worker gets:");
    out.println("  curl -s " + url + "/api/paas/worker/builds/queued");
    out.println("See all that the panel knows:");
    out.println("  curl -s " + url + "/sandbox");
    out.println();
    out.println("The panel takes 200 calls in 15 minutes, as the real one does; Ctrl-C ends it.");
  }

  static String queueCommand(String panelUrl, String repository) {
    return "curl -s "
        + panelUrl
        + "/sandbox/builds -H 'Content-Type: application/json' -d '{\"githubRepoUrl\":\""
        + repository
        + "\"}'";
  }
}
