package io.skypanel.worker.process;

import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.StopSignal;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Starts each program through {@code setsid}, so that it leads a process group, and kills that
 * group as a whole: what a program started and left behind goes too.
 */
public final class ProcessGroupRunner implements ProgramRunner {
  private static final Path SETSID = Path.of("/usr/bin/setsid");
  private static final int BUFFER_CHARS = 8192;

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
    try (var ignored = stop.onStop(() -> kill(process));
        Reader reader = new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)) {
      char[] buffer = new char[BUFFER_CHARS];
      int count;
      while ((count = reader.read(buffer)) >= 0) {
        output.accept(new String(buffer, 0, count));
      }
      int exitCode = process.waitFor();
      stop.check();
      return exitCode;
    } catch (IOException e) {
      kill(process);
      stop.check();
      throw new BuildFailure.WorkerFault(command.get(0) + " broke off: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      kill(process);
      Thread.currentThread().interrupt();
      throw new BuildFailure.WorkerFault("the worker is stopping", e);
    }
  }

  private static Process start(
      List<String> command, Path directory, Map<String, String> environment) throws BuildFailure {
    List<String> line = new ArrayList<>(command);
    if (Files.isExecutable(SETSID)) {
      line.add(0, SETSID.toString());
    }
    ProcessBuilder builder =
        new ProcessBuilder(line).directory(directory.toFile()).redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().putAll(environment);
    try {
      Process process = builder.start();
      process.getOutputStream().close();
      return process;
    } catch (IOException e) {
      throw new BuildFailure.WorkerFault(
          command.get(0) + " can't be started: " + e.getMessage(), e);
    }
  }

  /** Ends the group; a member that ignores SIGKILL does not exist. */
  private static void kill(Process process) {
    List<ProcessHandle> children = process.descendants().toList();
    try {
      // setsid execs in place, so the process id is the group's too
      new ProcessBuilder("/bin/kill", "-KILL", "--", "-" + process.pid())
          .redirectErrorStream(true)
          .start()
          .waitFor(5, TimeUnit.SECONDS);
    } catch (IOException e) {
      // no such program here: what follows does it
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    children.forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
