package io.skypanel.worker;

/**
 * Commands of Dockerfiles that are running, whichever builder runs them: a step of BuildKit's is no
 * container of the engine's, but a process of this machine it is with both. A shell gives way to
 * the last command of its line, so what is looked for must stand there.
 */
final class BuildSteps {
  private BuildSteps() {}

  /** Whether one runs whose command has {@code text} in it. */
  static boolean run(String text) {
    return ProcessHandle.allProcesses()
        .anyMatch(p -> p.info().commandLine().orElse("").contains(text));
  }
}
