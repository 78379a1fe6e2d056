package io.skypanel.worker.plan;

import io.skypanel.worker.settings.AppLimits;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** What the values in a file about an app may be. */
final class AppFileRules {
  private static final long SMALLEST_APP_BYTES = 6L << 20; // Docker refuses less
  private static final int MAX_MOUNT_PATH = 1024;
  private static final int MAX_DOMAIN = 253;
  private static final Predicate<String> STAGE =
      Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,127}").asMatchPredicate();
  private static final Predicate<String> ARGUMENT =
      Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,255}").asMatchPredicate();
  private static final Predicate<String> COMMAND =
      Pattern.compile("[^\\p{Cntrl}]{1,4096}").asMatchPredicate();
  private static final Predicate<String> URL_PATH =
      Pattern.compile("/[!-~]{0,1023}").asMatchPredicate();
  private static final Predicate<String> RUNTIME =
      Pattern.compile("[a-z][a-z0-9-]*(@[0-9A-Za-z.]+)?").asMatchPredicate();
  private static final Predicate<String> VOLUME =
      Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,62}").asMatchPredicate();
  private static final Predicate<String> MOUNT_PATH =
      Pattern.compile("(/(?!\\.{1,2}(/|$))[^:/\\p{Cntrl}]+)+").asMatchPredicate();
  private static final Predicate<String> DOMAIN =
      Pattern.compile("([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,63}").asMatchPredicate();

  private AppFileRules() {}

  /** Gives {@code file} if every value keeps its rule. */
  static AppFile check(AppFile file) throws Mistake {
    AppFile.BuildPart build = file.build();
    check(
        "build.dockerfile",
        build.dockerfile(),
        AppFileRules::isBelow,
        "a path below the repository");
    check(
        "build.rootDirectory",
        build.rootDirectory(),
        AppFileRules::isBelow,
        "a path below the repository");
    check("build.target", build.target(), STAGE, "the name of a stage in the Dockerfile");
    check("build.command", build.command(), COMMAND, "one line of 4096 characters at most");
    for (Map.Entry<String, String> argument : build.args().entrySet()) {
      if (argument.getValue() == null) {
        throw new Mistake("build.args." + argument.getKey() + " has no value");
      }
    }
    for (String name : build.args().keySet()) {
      check("build.args", Optional.of(name), ARGUMENT, "names of letters, digits and '_'");
    }
    AppFile.RunPart run = file.run();
    check("run.command", run.command(), COMMAND, "one line of 4096 characters at most");
    if (run.port().isPresent() && (run.port().getAsInt() < 1 || run.port().getAsInt() > 65535)) {
      throw new Mistake("run.port is " + run.port().getAsInt() + " and must be from 1 to 65535");
    }
    check("run.process", run.process(), AppFileRules::isProcess, "web or worker");
    check(
        "run.healthCheckPath",
        run.healthCheckPath(),
        AppFileRules::isUrlPath,
        "a path such as /health");
    checkGrants(file.grants());
    return file;
  }

  private static void checkGrants(AppFile.Grants grants) throws Mistake {
    check("runtime", grants.runtime(), RUNTIME, "a runtime's name, such as node or node@22");
    check(
        "limits.memory",
        grants.memory(),
        AppFileRules::isMemory,
        "6m or more, such as 512m or 1.5g");
    if (grants.cpus().isPresent() && !(grants.cpus().getAsDouble() >= 0.1)) {
      throw new Mistake(
          "limits.cpus is " + grants.cpus().getAsDouble() + " and must be 0.1 or more");
    }
    checkVolumes(grants.volumes());
    for (String domain : grants.domains()) {
      check("domains", Optional.of(domain), AppFileRules::isDomain, "a host name in lower case");
    }
  }

  static void checkVolumes(Map<String, String> volumes) throws Mistake {
    for (Map.Entry<String, String> volume : volumes.entrySet()) {
      check(
          "volumes",
          Optional.of(volume.getKey()),
          VOLUME,
          "names of letters, digits, '_', '.', '-'");
      check(
          "volumes." + volume.getKey(),
          Optional.of(String.valueOf(volume.getValue())),
          AppFileRules::isMountPath,
          "a path in the container, such as /app/uploads");
    }
  }

  private static void check(
      String key, Optional<String> value, Predicate<String> rule, String wanted) throws Mistake {
    if (value.isPresent() && !rule.test(value.get())) {
      String shown = value.get().replaceAll("\\p{Cntrl}", "?");
      throw new Mistake(
          key
              + " is '"
              + shown.substring(0, Math.min(shown.length(), 100))
              + "' and must be "
              + wanted);
    }
  }

  static boolean isBelow(String path) {
    try {
      Path normal = Path.of(path).normalize();
      return !path.isBlank()
          && path.chars().noneMatch(Character::isISOControl)
          && !normal.isAbsolute()
          && !normal.startsWith("..");
    } catch (InvalidPathException e) {
      return false;
    }
  }

  static boolean isProcess(String text) {
    return text.equals("web") || text.equals("worker");
  }

  static boolean isPort(String text) {
    return text.matches("[1-9]\\d{0,4}") && Integer.parseInt(text) <= 65535;
  }

  /** Of bounded length, since Java runs a repeated group on the stack. */
  private static boolean isMountPath(String path) {
    return path.length() <= MAX_MOUNT_PATH && MOUNT_PATH.test(path);
  }

  /** Of bounded length, for the same reason. */
  private static boolean isDomain(String name) {
    return name.length() <= MAX_DOMAIN && DOMAIN.test(name);
  }

  static boolean isUrlPath(String text) {
    try {
      return URL_PATH.test(text) && URI.create("http://localhost" + text).getRawFragment() == null;
    } catch (IllegalArgumentException notAUrl) {
      return false;
    }
  }

  private static boolean isMemory(String text) {
    try {
      return AppLimits.parseBytes(text) >= SMALLEST_APP_BYTES;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
