package io.skypanel.worker.redact;

import static org.assertj.core.api.Assertions.assertThat;

import io.skypanel.worker.LauncherOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** {@link RedactorSpeed} in a virtual machine with the launcher's own flags. */
@Isolated("measures what one processor does")
class RedactorSpeedIT {
  @Test
  void oneProcessorMasksFiftyMegabytesASecond() throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(LauncherOptions.read());
    assertThat(command).contains("-XX:TieredStopAtLevel=1", "-Xmx128m");
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), RedactorSpeed.class.getName()));

    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String printed = new String(process.getInputStream().readAllBytes());
    System.out.print(printed);

    assertThat(process.waitFor()).as(printed).isZero();
  }
}
