package io.skypanel.worker.network;

import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.StopSignal;
import io.skypanel.worker.process.ProgramRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads and writes the kernel's packet filter by the programs of that name. Thread-safe. */
final class Iptables {
  /** They are where a user's PATH may not lead. */
  private static final Map<String, String> ENVIRONMENT =
      Map.of("PATH", "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin", "LC_ALL", "C");

  /** Another program may be writing; seconds. */
  private static final String WAIT = "5";

  /**
   * What the programs say while another one writes: the older kind, by files of the kernel's own,
   * after it has waited for the lock; the newer one, which has none, at once.
   */
  private static final Pattern BUSY =
      Pattern.compile("xtables lock|Resource temporarily unavailable|Device or resource busy");

  private final ProgramRunner programs;

  Iptables(ProgramRunner programs) {
    this.programs = programs;
  }

  /** A program is not there or refuses; the message is its own. */
  static class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    Refused(String message) {
      super(message);
    }
  }

  /** Another program writes the packet filter. */
  static final class Busy extends Refused {
    private static final long serialVersionUID = 1L;

    Busy(String message) {
      super(message);
    }
  }

  /** The chain's rules, as {@code iptables -S} prints them. */
  List<String> chain(FirewallRules.Version version, String chain) throws Refused {
    return run(List.of(version.program, "-w", WAIT, "-S", chain)).lines().toList();
  }

  /** Does all of it or nothing; what it does not name stays. */
  void restore(FirewallRules.Version version, String rules) throws Refused {
    try {
      Path file = Files.createTempFile("skypanel-firewall", ".rules");
      try {
        Files.writeString(file, rules);
        run(List.of(version.program + "-restore", "-w", WAIT, "--noflush", file.toString()));
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new Refused("its rules can't be written: " + e.getMessage());
    }
  }

  private String run(List<String> command) throws Refused {
    StringBuffer output = new StringBuffer();
    int exitCode;
    try {
      exitCode = programs.run(command, Path.of("/"), ENVIRONMENT, output::append, new StopSignal());
    } catch (BuildFailure e) {
      throw new Refused(e.getMessage());
    }
    if (exitCode != 0) {
      // it begins with the program's name and version
      List<String> lines = output.toString().lines().filter(line -> !line.isBlank()).toList();
      Optional<String> busy = lines.stream().filter(BUSY.asPredicate()).reduce((a, last) -> last);
      if (busy.isPresent()) {
        throw new Busy(command.get(0) + ": " + busy.get());
      }
      throw new Refused(
          lines.isEmpty() ? command.get(0) + " ended with exit code " + exitCode : lines.get(0));
    }
    return output.toString();
  }
}
