package io.skypanel.worker.redact;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What masking a megabyte of a build's output takes, in writes of 4 KiB, and what its making. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class RedactorBenchmark {
  @Param({"0", "20", "200"})
  private int secrets;

  private final List<String> values = new ArrayList<>();
  private String megabyte;
  private Redactor redactor;

  /** Makes secrets and output. */
  @Setup
  public void make() {
    Random random = new Random(1);
    List<String> all = RedactorSpeed.secrets(random);
    values.addAll(all.subList(0, secrets));
    megabyte = RedactorSpeed.block(random, all);
    redactor = new Redactor(values);
  }

  /** Masks it; gives how much came out. */
  @Benchmark
  public long mask() {
    return RedactorSpeed.run(redactor, megabyte, 1);
  }

  /** Makes a redactor of the secrets. */
  @Benchmark
  public Redactor construct() {
    return new Redactor(values);
  }
}
