package io.skypanel.worker.process;

import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.StopSignal;
import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Starts each program through {@code setsid}, so that it leads a process group, and kills that
 * group as a whole: what a program started and left behind goes too, whether the program was
 * stopped or ended by itself, or the worker was killed.
 */
public final class ProcessGroupRunner implements ProgramRunner {
  private static final Path SETSID = Path.of("/usr/bin/setsid");

  /**
   * Java can't set the umask, and a worker that is started with 077 would put its files' modes into
   * images.
   */
  private static final String USUAL_MODES = "umask 022; exec \"$@\" </dev/null";

  /** The worker holds the other end of standard input: should it be killed, its group goes too. */
  private static final String ENDS_WITH_WORKER =
      "exec 3<&0; { read -r end <&3; kill -s KILL 0; } >/dev/null 2>&1 & exec 3<&-; ";

  /** Where the machine runs out of memory all the same, these go before apps and builds. */
  private static final String BOUNDED =
      "ulimit -v %d; echo 1000 2>/dev/null >/proc/self/oom_score_adj; ";

  /** How long what a program left behind may take to end. */
  private static final Duration LEFT_BEHIND = Duration.ofMillis(500);

  /** How long output may still come once the program and its group are gone. */
  private static final Duration LAST_OUTPUT = Duration.ofSeconds(2);

  private final String bounds;

  /** Of programs whose memory has no bound. */
  public ProcessGroupRunner() {
    this.bounds = "";
  }

  /**
   * Of programs that get no more memory than they may have, and whatever they start with them.
   *
   * @param gigabytes for each process, of address space
   */
  public ProcessGroupRunner(int gigabytes) {
    this.bounds = BOUNDED.formatted((long) gigabytes << 20);
  }

  @Override
  public int run(
      List<String> command,
      Path directory,
      Map<String, String> environment,
      Consumer<String> output,
      StopSignal stop)
      throws BuildFailure {
    stop.check();
    Process process = start(command, directory, environment);
    OutputPump pump = OutputPump.start(process, output);
    try (var ignored = stop.onStop(() -> kill(process))) {
      int exitCode = process.waitFor();
      // with the program its input has ended, and with that whatever it left behind in its group
      if (!pump.finish(LEFT_BEHIND)) {
        kill(process);
        pump.finish(LAST_OUTPUT);
      }
      stop.check();
      return exitCode;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BuildFailure.WorkerFault(
          "the worker is stopping, so " + command.get(0) + " was ended", e);
    } finally {
      pump.silence();
      close(process.getOutputStream());
      if (process.isAlive()) {
        kill(process);
      }
      close(process.getInputStream());
    }
  }

  private Process start(List<String> command, Path directory, Map<String, String> environment)
      throws BuildFailure {
    boolean group = Files.isExecutable(SETSID);
    List<String> line = new ArrayList<>();
    if (group) {
      line.add(SETSID.toString());
    }
    String script = (group ? ENDS_WITH_WORKER : "") + bounds + USUAL_MODES;
    line.addAll(List.of("/bin/sh", "-c", script, "sh"));
    // the shell would start all the same, and end with a line in its own words
    line.add(find(command.get(0), environment));
    line.addAll(command.subList(1, command.size()));
    ProcessBuilder builder =
        new ProcessBuilder(line).directory(directory.toFile()).redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().putAll(environment);
    try {
      return builder.start();
    } catch (IOException e) {
      throw new BuildFailure.WorkerFault(
          command.get(0) + " can't be started in " + directory + ": " + e.getMessage(), e);
    }
  }

  private static void close(Closeable stream) {
    try {
      stream.close();
    } catch (IOException e) {
      // its reader is gone, which is as good
    }
  }

  private static String find(String program, Map<String, String> environment)
      throws BuildFailure.WorkerFault {
    String path = environment.getOrDefault("PATH", "/usr/local/bin:/usr/bin:/bin");
    Optional<Path> found =
        program.contains("/")
            ? Optional.of(Path.of(program)).filter(Files::isExecutable)
            : Stream.of(path.split(File.pathSeparator))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, program))
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst();
    return found
        .orElseThrow(
            () ->
                new BuildFailure.WorkerFault(
                    program + " can't be started: it is not on the PATH " + path + "; install it",
                    null))
        .toString();
  }

  /** Ends the group; a member that ignores SIGKILL does not exist. */
  private static void kill(Process process) {
    List<ProcessHandle> children = process.descendants().toList();
    try {
      // setsid execs in place, so the process id is the group's too; the shell has kill built in,
      // where a slim image has no /bin/kill
      new ProcessBuilder(
              "/bin/sh", "-c", "kill -s KILL -- \"-$1\"", "sh", Long.toString(process.pid()))
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor(5, TimeUnit.SECONDS);
    } catch (IOException e) {
      // no such program here: what follows does it
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    children.forEach(ProcessHandle::destroyForcibly);
    // by itself the process would close its output, of which the last may not have been read yet
    process.toHandle().destroyForcibly();
  }
}
