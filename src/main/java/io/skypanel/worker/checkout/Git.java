package io.skypanel.worker.checkout;

import io.skypanel.worker.egress.EgressGate;
import io.skypanel.worker.egress.Trouble;
import io.skypanel.worker.job.Build;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.process.ProgramRunner;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Native git in one build's work tree.
 *
 * @param runner runs it
 * @param build whose output and stop it has
 * @param directory the work tree
 * @param environment all that git sees; may hold a credential
 * @param gate its way out
 */
record Git(
    ProgramRunner runner,
    Build build,
    Path directory,
    Map<String, String> environment,
    EgressGate gate) {

  private static final List<Duration> PAUSES =
      List.of(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(4));

  /** How a command ended, its last lines, and what became of the last connection that failed. */
  record Result(int exitCode, List<String> lines, Optional<Trouble> trouble) {
    boolean failed() {
      return exitCode != 0;
    }
  }

  /** The same in another work tree, such as a submodule's. */
  Git in(Path other) {
    return new Git(runner, build, other, environment, gate);
  }

  /** The same with another value of one variable. */
  Git with(String variable, String value) {
    Map<String, String> changed = new HashMap<>(environment);
    changed.put(variable, value);
    return new Git(runner, build, directory, changed, gate);
  }

  /**
   * Runs several commands, each if the one before did not fail, as one program: to start one takes
   * longer than many of them do. The output of the first goes to the customer.
   */
  Result inTurn(String[] first, String[]... others) throws BuildFailure {
    List<String> words = new ArrayList<>();
    StringBuilder script = new StringBuilder(call(words, first));
    for (String[] arguments : others) {
      script.append(" && ").append(call(words, arguments)).append(" >/dev/null 2>&1");
    }
    List<String> command = new ArrayList<>(List.of("sh", "-c", script.toString(), "git"));
    command.addAll(words);
    return run(command);
  }

  /** A call of git in a script, whose arguments are the script's, so that no shell reads them. */
  private static String call(List<String> words, String... arguments) {
    StringBuilder call = new StringBuilder("git");
    for (String argument : arguments) {
      words.add(argument);
      call.append(" \"${").append(words.size()).append("}\"");
    }
    return call.toString();
  }

  /** Runs {@code git arguments…}; its output goes to the customer. */
  Result run(String... arguments) throws BuildFailure {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(List.of(arguments));
    return run(command);
  }

  private Result run(List<String> command) throws BuildFailure {
    gate.begin();
    GitOutput output = new GitOutput(build.progress()::output);
    Map<String, String> sees = new HashMap<>(environment);
    // where there is no repository, or a broken one, it is not to find another above
    sees.put("GIT_CEILING_DIRECTORIES", directory.getParent().toString());
    int exitCode = runner.run(command, directory, sees, output, build.stop());
    return new Result(exitCode, output.lastLines(), gate.trouble());
  }

  /**
   * Runs a command that speaks to the server, again after 1, 2 and 4 s while it fails for reasons
   * that pass: the network's, not the repository's.
   */
  Result remote(String... arguments) throws BuildFailure {
    for (Duration pause : PAUSES) {
      Result result = run(arguments);
      if (!result.failed() || !new GitFailure(build.job().source(), result).mayPass()) {
        return result;
      }
      build.progress().warn("Trying again in " + pause.toSeconds() + " s");
      build.stop().pause(pause);
    }
    return run(arguments);
  }

  /** Runs a command that is not expected to fail; {@code name} is what an error calls it. */
  void local(String name, String... arguments) throws BuildFailure {
    Result result = run(arguments);
    if (result.failed()) {
      throw new GitFailure(build.job().source(), result).ofLocal("git " + name, result.exitCode());
    }
  }

  /** Without the environment, which may hold a credential. */
  @Override
  public String toString() {
    return "git in " + directory;
  }
}
