package io.skypanel.worker.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("removes the samples' base image if it made it")
class DemoIT {
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
  @TempDir Path folder;

  /** A worker that gives up. */
  public static final class GivesUp {
    private GivesUp() {}

    /** Says why, then ends. */
    public static void main(String[] args) {
      System.out.println("no engine for " + args[0] + " at " + System.getenv("SKYPANEL_URL"));
      System.exit(3);
    }
  }

  @Test
  void failsWithTheWorkersLastLinesWhenTheWorkerEndsAndLeavesNothing() throws Exception {
    int exit = new Demo(jarOf(GivesUp.class)).run(true, out);

    assertThat(exit).isEqualTo(1);
    assertThat(text())
        .contains("no engine for run at http://127.0.0.1:")
        .contains("demo: FAILED: the worker ended before its builds did");
    Matcher log = Pattern.compile("its output is in (\\S+)").matcher(text());
    assertThat(log.find()).isTrue();
    assertThat(Path.of(log.group(1)).getParent()).doesNotExist();
  }

  @Test
  void deploysTheSamplesFetchesTheirPagesAndLeavesNothing() {
    int exit = new Demo(Path.of("target/skypanel-worker.jar")).run(true, out);

    assertThat(exit).as(text()).isZero();
    assertThat(text()).contains("building_failed").contains("everything it made is removed");
  }

  @Test
  void saysHowToMakeTheJarWhenItIsNotThere() {
    assertThat(new Demo(folder.resolve("none.jar")).run(true, out)).isEqualTo(1);
    assertThat(text()).contains("none.jar is not there; run bin/demo");
  }

  private Path jarOf(Class<?> main) throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, main.getName());
    String classes = main.getProtectionDomain().getCodeSource().getLocation().toExternalForm();
    manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, classes);
    Path jar = folder.resolve("worker.jar");
    new JarOutputStream(Files.newOutputStream(jar), manifest).close();
    return jar;
  }

  private String text() {
    return printed.toString(StandardCharsets.UTF_8);
  }
}
