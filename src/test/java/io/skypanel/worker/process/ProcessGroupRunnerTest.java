package io.skypanel.worker.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.StopSignal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class ProcessGroupRunnerTest {
  private static final Map<String, String> ENVIRONMENT = Map.of("PATH", "/usr/bin:/bin", "A", "1");

  @TempDir Path directory;

  private final ProcessGroupRunner runner = new ProcessGroupRunner();
  private final StringBuffer output = new StringBuffer();
  private final StopSignal stop = new StopSignal();

  @Test
  void givesOutputAndExitCodeAndOnlyTheEnvironmentItWasTold() throws Exception {
    int code = sh("echo \"$A ${HOME-none} é\"; echo bad >&2; pwd; exit 7");

    assertThat(code).isEqualTo(7);
    assertThat(output.toString()).contains("1 none é\nbad\n" + directory);
  }

  @Test
  void filesGetTheUsualModes() throws Exception {
    sh("umask");

    assertThat(output.toString().strip()).isEqualTo("0022");
  }

  @Test
  void aProgramGetsNoMoreMemoryThanItMayHaveAndIsTheFirstToGo() throws Exception {
    int code =
        new ProcessGroupRunner(1)
            .run(
                List.of(
                    "sh",
                    "-c",
                    "cat /proc/self/oom_score_adj; exec sort --buffer-size=2G /dev/zero"),
                directory,
                ENVIRONMENT,
                output::append,
                stop);

    assertThat(output.toString()).startsWith("1000\n").contains("memory exhausted");
    assertThat(code).isNotZero();
  }

  @Test
  void aProgramEndsWithTheWorker() throws Exception {
    String script = "echo $$; exec sleep 303";
    Process worker =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classesOf(ProcessGroupRunner.class) + ":" + classesOf(KilledWorker.class),
                KilledWorker.class.getName(),
                script)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String pid = worker.inputReader().readLine();

    worker.destroyForcibly().onExit().join();

    assertGone(pid);
  }

  private static String classesOf(Class<?> type) {
    return type.getProtectionDomain().getCodeSource().getLocation().getPath();
  }

  /** Runs a program and is killed meanwhile. */
  static final class KilledWorker {
    private KilledWorker() {}

    /** Runs its argument as a script. */
    public static void main(String[] script) throws Exception {
      new ProcessGroupRunner()
          .run(
              List.of("sh", "-c", script[0]),
              Path.of("/"),
              ENVIRONMENT,
              text -> {
                System.out.print(text);
                System.out.flush();
              },
              new StopSignal());
    }
  }

  @Test
  void givesAllOfALongOutput() throws Exception {
    sh("i=0; while [ $i -lt 50000 ]; do echo 0123456789; i=$((i+1)); done");

    assertThat(output.length()).isEqualTo(50_000 * 11);
  }

  @Test
  void givesTheLastOutputToAReaderThatIsSlow() throws Exception {
    runner.run(
        List.of("sh", "-c", "echo first; sleep 0.2; echo last"),
        directory,
        ENVIRONMENT,
        text -> {
          output.append(text);
          LockSupport.parkNanos(Duration.ofMillis(700).toNanos());
        },
        stop);

    assertThat(output.toString()).isEqualTo("first\nlast\n");
  }

  @Test
  void aChildLeftBehindHoldingTheOutputNeitherDelaysTheEndNorSurvivesIt() throws Exception {
    int code = sh("sleep 301 & echo $!");

    assertThat(code).isZero();
    assertGone(output.toString().strip());
  }

  @Test
  void aChildLeftBehindWithoutTheOutputIsGoneToo() throws Exception {
    int code = sh("sleep 304 >/dev/null 2>&1 & echo $!");

    assertThat(code).isZero();
    assertGone(output.toString().strip());
  }

  @Test
  void aChildThatLeftTheGroupWithTheOutputDelaysTheEndByNoMoreThanItsGrace() throws Exception {
    int code = sh("setsid sh -c 'echo $$; exec sleep 302' & read x < /dev/null; sleep 0.5; exit 3");

    assertThat(code).isEqualTo(3);
    ProcessHandle.of(Long.parseLong(output.toString().strip()))
        .ifPresent(ProcessHandle::destroyForcibly);
  }

  @Test
  void stoppingKillsTheWholeGroup() throws Exception {
    var run = CompletableFuture.supplyAsync(() -> failure("sleep 303 & echo $!; echo $$; wait"));
    await().until(() -> output.toString().lines().count() == 2);

    BuildFailure why = new BuildFailure.Cancelled("cancelled by its owner");
    stop.stop(why);

    assertThat(run.get()).isSameAs(why);
    output.toString().lines().forEach(ProcessGroupRunnerTest::assertGone);
  }

  @Test
  void whatIsStoppedAlreadyIsNotStarted() {
    stop.stop(new BuildFailure.Cancelled("cancelled"));

    assertThat(failure("echo started")).isInstanceOf(BuildFailure.Cancelled.class);
    assertThat(output).isEmpty();
  }

  @Test
  void aProgramThatIsNotThereIsNamed() {
    assertThatThrownBy(
            () ->
                runner.run(
                    List.of("no-such-program"), directory, ENVIRONMENT, output::append, stop))
        .isInstanceOf(BuildFailure.WorkerFault.class)
        .hasMessageContaining("no-such-program can't be started")
        .hasMessageContaining("/usr/bin:/bin");
  }

  @Test
  void whatTheReaderOfTheOutputThrowsComesBackAndTheProgramIsGone() {
    assertThatThrownBy(
            () ->
                runner.run(
                    List.of("sh", "-c", "echo x"),
                    directory,
                    ENVIRONMENT,
                    chunk -> {
                      throw new IllegalStateException("reader broke");
                    },
                    stop))
        .hasMessage("reader broke");
  }

  private int sh(String script) throws BuildFailure {
    return runner.run(List.of("sh", "-c", script), directory, ENVIRONMENT, output::append, stop);
  }

  private BuildFailure failure(String script) {
    try {
      throw new AssertionError("ended with " + sh(script));
    } catch (BuildFailure e) {
      return e;
    }
  }

  private static void assertGone(String pid) {
    await()
        .atMost(Duration.ofSeconds(5))
        .until(
            () -> ProcessHandle.of(Long.parseLong(pid)).filter(ProcessHandle::isAlive).isEmpty());
  }
}
