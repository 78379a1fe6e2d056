package io.skypanel.worker;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.skypanel.worker.settings.SettingSources;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands on deployed apps; each asks the worker that runs here. */
final class AppCommands {
  private AppCommands() {}

  private static WorkerCalls calls() throws Exception {
    SettingSources sources = SettingSources.read(System.getenv(), Path.of(""));
    return WorkerCalls.of(sources, System.out, System.err);
  }

  @Command(name = "apps", description = "Lists the apps of the worker that runs here.")
  static final class Apps implements Callable<Integer> {
    @Override
    public Integer call() throws Exception {
      Optional<InputStream> answer = calls().call("GET", "/apps");
      if (answer.isEmpty()) {
        return 1;
      }
      try (InputStream body = answer.get()) {
        new AppTable(Instant.now()).print(new ObjectMapper().readTree(body), System.out);
      }
      return 0;
    }
  }

  /** A command on one app. */
  private abstract static class OnApp implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "APP", description = "The app's id, name or slug.")
    private String app;

    /** Makes a call below the app's path and prints the answer. */
    int print(String method, String rest) throws Exception {
      return calls().print(method, "/apps/" + WorkerCalls.encoded(app) + rest);
    }
  }

  @Command(name = "logs", description = "Prints what an app has printed.")
  static final class Logs extends OnApp {
    @Option(names = "--follow", description = "Go on with what it prints from now on.")
    private boolean follow;

    @Option(
        names = "--tail",
        paramLabel = "LINES",
        defaultValue = "200",
        description = "Lines so far; ${DEFAULT-VALUE} if unsaid.")
    private int tail;

    @Override
    public Integer call() throws Exception {
      return print("GET", "/logs?tail=" + tail + "&follow=" + follow);
    }
  }

  @Command(name = "stop", description = "Stops an app; it stays stopped until it is started.")
  static final class Stop extends OnApp {
    @Override
    public Integer call() throws Exception {
      return print("POST", "/stop");
    }
  }

  @Command(name = "start", description = "Starts an app that was stopped.")
  static final class Start extends OnApp {
    @Override
    public Integer call() throws Exception {
      return print("POST", "/start");
    }
  }

  @Command(name = "restart", description = "Stops and starts an app.")
  static final class Restart extends OnApp {
    @Override
    public Integer call() throws Exception {
      return print("POST", "/restart");
    }
  }

  @Command(name = "rollback", description = "Brings an earlier version of an app back.")
  static final class RollBack extends OnApp {
    @Parameters(
        index = "1",
        arity = "0..1",
        paramLabel = "DEPLOYMENT",
        description = "Which one; the one before the current one if unsaid.")
    private Optional<String> deployment;

    @Override
    public Integer call() throws Exception {
      return print(
          "POST",
          "/rollback" + deployment.map(d -> "?deployment=" + WorkerCalls.encoded(d)).orElse(""));
    }
  }

  @Command(
      name = "remove",
      description = "Removes an app: its containers, images, address and record.")
  static final class Remove extends OnApp {
    @Option(names = "--volumes", description = "Its volumes too, with all that is in them.")
    private boolean volumes;

    @Override
    public Integer call() throws Exception {
      return print("DELETE", "?volumes=" + volumes);
    }
  }
}
