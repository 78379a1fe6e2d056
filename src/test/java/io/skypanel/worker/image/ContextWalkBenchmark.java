package io.skypanel.worker.image;

import io.skypanel.worker.disk.FolderRemoval;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.StopSignal;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What looking a context through takes, and writing it as an archive, of files of 2.5 KB. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class ContextWalkBenchmark {
  private static final List<String> RULES =
      List.of(".git", "**/node_modules", "*.md", "docs", "!docs/keep", "**/*.log", "tmp/*");

  @Param({"1000", "20000"})
  private int files;

  private Path root;
  private DockerIgnore ignore;

  /** Makes the files, a hundred in a folder. */
  @Setup
  public void make() throws IOException {
    root = Files.createTempDirectory("skypanel-benchmark");
    for (int i = 0; i < files; i++) {
      Path folder = Files.createDirectories(root.resolve("folder" + i / 100));
      Files.write(folder.resolve("file" + i + ".txt"), new byte[2500]);
    }
    ignore = new DockerIgnore(RULES);
  }

  /** Removes them. */
  @TearDown
  public void remove() throws IOException {
    new FolderRemoval(root).run();
  }

  /** As before each build by buildx. */
  @Benchmark
  public void look() throws BuildFailure {
    new ContextBounds(root, ignore, 1L << 40, files * 2)
        .check(ContextBounds.Sender.PROGRAM, new StopSignal());
  }

  /** As for the classic builder. */
  @Benchmark
  public void archive() throws IOException {
    new ContextArchive(root, ignore, new RecordedProgress())
        .writeTo(OutputStream.nullOutputStream());
  }
}
