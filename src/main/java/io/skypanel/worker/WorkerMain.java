package io.skypanel.worker;

/** Placeholder until the pipeline stands. */
public final class WorkerMain {
  private WorkerMain() {}

  public static void main(String[] args) {
    System.out.println("skypanel-worker");
  }
}
