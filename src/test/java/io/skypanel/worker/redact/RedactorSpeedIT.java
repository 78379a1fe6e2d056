package io.skypanel.worker.redact;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** {@link RedactorSpeed} in a virtual machine with the launcher's own flags. */
class RedactorSpeedIT {
  private static final Pattern FLAG = Pattern.compile("-X\\S+");

  @Test
  void oneProcessorMasksFiftyMegabytesASecond() throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    String launcher = Files.readString(Path.of("bin/skypanel-worker"));
    String start = launcher.substring(launcher.indexOf("exec \"$java\""));
    FLAG.matcher(start).results().forEach(flag -> command.add(flag.group()));
    assertThat(command).contains("-XX:TieredStopAtLevel=1", "-Xmx128m");
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), RedactorSpeed.class.getName()));

    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String printed = new String(process.getInputStream().readAllBytes());
    System.out.print(printed);

    assertThat(process.waitFor()).as(printed).isZero();
  }
}
