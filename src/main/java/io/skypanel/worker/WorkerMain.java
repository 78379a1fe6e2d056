package io.skypanel.worker;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.skypanel.worker.engine.EngineCheck;
import io.skypanel.worker.network.Firewall;
import io.skypanel.worker.panel.NodeCredentials;
import io.skypanel.worker.plan.PlanBuild;
import io.skypanel.worker.process.ProcessGroupRunner;
import io.skypanel.worker.runtime.Runtimes;
import io.skypanel.worker.sandbox.Demo;
import io.skypanel.worker.sandbox.Sandbox;
import io.skypanel.worker.settings.ImageSettings;
import io.skypanel.worker.settings.Machine;
import io.skypanel.worker.settings.SettingSources;
import io.skypanel.worker.settings.SettingsException;
import io.skypanel.worker.settings.WorkerSettings;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command line. */
@Command(
    name = "skypanel-worker",
    description = "Builds and deploys the applications that a SkyPanel panel queues.",
    mixinStandardHelpOptions = true,
    versionProvider = WorkerMain.Version.class,
    subcommands = {
      AppCommands.Apps.class,
      AppCommands.Logs.class,
      AppCommands.Stop.class,
      AppCommands.Start.class,
      AppCommands.Restart.class,
      AppCommands.RollBack.class,
      AppCommands.Remove.class
    },
    footer = {
      "",
      "Settings come from the environment, .env and application.properties;",
      "application.properties.example describes each.",
      "Exit codes: 0 stopped as asked, 2 wrong settings, 3 no Docker engine."
    })
public final class WorkerMain implements Callable<Integer> {
  private static final int MAX_NAME_CHARS = 32 << 20;

  private WorkerMain() {}

  /** Runs a command and exits with its code. */
  public static void main(String[] args) {
    // in the engine's lists are names of customers', each as long as a line of a Dockerfile
    StreamReadConstraints.overrideDefaultStreamReadConstraints(
        StreamReadConstraints.builder().maxNameLength(MAX_NAME_CHARS).build());
    System.exit(isRun(args) ? runAtOnce() : execute(args));
  }

  /** Whether it is what a service starts: picocli's classes alone would take a tenth of that. */
  private static boolean isRun(String... args) {
    return args.length == 0 || args.length == 1 && args[0].equals("run");
  }

  private static int runAtOnce() {
    try {
      return new WorkerMain().run();
    } catch (Exception e) {
      return exitCode(e);
    }
  }

  private static int execute(String... args) {
    CommandLine line = new CommandLine(new WorkerMain());
    line.setExecutionExceptionHandler((error, command, parsed) -> exitCode(error));
    return line.execute(args);
  }

  private static int exitCode(Exception error) {
    if (error instanceof SettingsException wrong) {
      System.err.println("The worker can't start with these settings:");
      wrong.problems().forEach(problem -> System.err.println("  " + problem));
      return Worker.EXIT_SETTINGS;
    }
    error.printStackTrace();
    return CommandLine.ExitCode.SOFTWARE;
  }

  @Override
  public Integer call() throws Exception {
    return run();
  }

  @Command(name = "run", description = "Runs the worker (the default).")
  int run() throws Exception {
    SettingSources sources = sources();
    Machine machine = Machine.look(System.getenv());
    WorkerSettings settings = WorkerSettings.read(sources, machine);
    EngineCheck engine = EngineCheck.begin(settings.docker(), Worker.ENGINE_LIMIT);
    Logging.configure(settings);
    return new Worker(settings, sources, machine, version(), engine).run();
  }

  @Command(
      name = "demo",
      description = "Deploys three sample apps from a sandbox panel, with a worker of its own.")
  int demo(
      @Option(names = "--once", description = "End when every app has been fetched, and clear up.")
          boolean once)
      throws Exception {
    return new Demo(Machine.jar()).run(once, System.out);
  }

  @Command(name = "sandbox", description = "Runs a panel to try a worker against, alone.")
  int sandbox(
      @Option(names = "--port", defaultValue = "0", description = "Its port; any free one if 0.")
          int port) {
    return new Sandbox(port, System.out).run();
  }

  @Command(
      name = "remove-firewall",
      description = "Takes away the rules that APP_FIREWALL has written on this machine.")
  int removeFirewall() {
    try {
      Firewall.remove(new ProcessGroupRunner());
      return 0;
    } catch (Firewall.Unusable e) {
      System.err.println(e.getMessage());
      return 1;
    }
  }

  @Command(name = "credentials", description = "Prints the node id and token that are kept.")
  int credentials() throws Exception {
    Path stateDir = WorkerSettings.stateDir(sources(), Machine.look(System.getenv()));
    var kept = new NodeCredentials(stateDir, Optional.empty(), new ObjectMapper()).current();
    if (kept.isEmpty()) {
      System.err.println("No credentials in " + stateDir + ": this worker has not registered yet.");
      return 1;
    }
    System.out.println("WORKER_NODE_ID=" + kept.get().nodeId());
    System.out.println("WORKER_AUTH_TOKEN=" + kept.get().authToken());
    return 0;
  }

  @Command(name = "cancel", description = "Stops a build of the worker that runs here.")
  int cancel(
      @Parameters(paramLabel = "DEPLOYMENT", description = "The deployment's id.")
          String deploymentId)
      throws Exception {
    return WorkerCalls.of(sources(), System.out, System.err)
        .print("POST", "/builds/" + WorkerCalls.encoded(deploymentId) + "/cancel");
  }

  @Command(
      name = "explain",
      description = "Prints by which Dockerfile a folder is built, and why, without building it.")
  int explain(
      @Parameters(paramLabel = "DIR", description = "A checkout of the repository.") Path folder,
      @Option(names = "--root", description = "The app's folder below it.") Optional<String> root,
      @Option(names = "--version", paramLabel = "RUNTIME=V", description = "Such as node=22.")
          Map<String, String> versions,
      @Option(names = "--build-command", description = "As the app's settings give it.")
          Optional<String> build,
      @Option(names = "--start-command", description = "As the app's settings give it.")
          Optional<String> start,
      @Option(names = "--variable", description = "The name of a variable of the app.")
          Set<String> variables,
      @Option(names = "--classic", description = "For the classic builder, without BuildKit.")
          boolean classic)
      throws Exception {
    ImageSettings images = WorkerSettings.images(sources(), Machine.look(System.getenv()));
    return new Explain(new PlanBuild(images, Runtimes.of(images), () -> !classic))
        .print(
            folder,
            new Explain.App(
                root,
                versions == null ? Map.of() : versions,
                build,
                start,
                variables == null ? Set.of() : variables),
            System.out,
            System.err);
  }

  private static SettingSources sources() throws SettingsException {
    return SettingSources.read(System.getenv(), Path.of(""));
  }

  static String version() {
    return Optional.ofNullable(WorkerMain.class.getPackage().getImplementationVersion())
        .orElse("development");
  }

  /** The version for {@code --version}. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"skypanel-worker " + version()};
    }
  }
}
