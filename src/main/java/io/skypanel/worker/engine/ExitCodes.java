package io.skypanel.worker.engine;

/** What exit codes of containers say beside what their programs mean by them. */
public final class ExitCodes {
  /**
   * By SIGKILL, as a shell counts. Nothing inside a container can kill its first process, so it is
   * the engine's signal or the kernel's for want of memory; but a script that is the first process
   * may hand on the code of a child that was killed ({@code timeout -s KILL}).
   */
  public static final int KILLED = 137;

  private ExitCodes() {}
}
