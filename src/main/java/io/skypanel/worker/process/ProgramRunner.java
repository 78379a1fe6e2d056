package io.skypanel.worker.process;

import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.StopSignal;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Runs a program of the machine to its end. Given to whatever runs one, so tests can stand in. */
public interface ProgramRunner {
  /**
   * Runs {@code command} by argument list, none of which a shell reads, with empty standard input
   * and file modes by umask 022 whatever the worker's own, and waits for its end. When {@code stop}
   * says stop, the whole process group is killed and the reason thrown. What the program leaves
   * running in its group is killed when it ends. Blocks the caller; thread-safe.
   *
   * @param command program, by path or as the environment's {@code PATH} finds it, and arguments
   * @param directory where it runs
   * @param environment the whole environment it sees
   * @param output gets standard output and standard error, mixed, in chunks as they come, on
   *     another thread but never after this has returned; what it throws is thrown here
   * @return the exit code
   * @throws BuildFailure the stop's reason, or a {@link BuildFailure.WorkerFault} when the program
   *     can't be started
   */
  int run(
      List<String> command,
      Path directory,
      Map<String, String> environment,
      Consumer<String> output,
      StopSignal stop)
      throws BuildFailure;
}
