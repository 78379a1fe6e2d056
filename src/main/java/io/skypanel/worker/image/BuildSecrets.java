package io.skypanel.worker.image;

import io.skypanel.worker.job.Build;
import io.skypanel.worker.job.BuildFailure;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The job's variables as BuildKit's secrets: each under its name, and all of them as {@value #ALL},
 * a file for a shell to read.
 */
final class BuildSecrets {
  /** The secret that exports every variable. */
  static final String ALL = "environment";

  /** BuildKit takes no larger secret, and fails the whole build for one. */
  private static final int MAX_BYTES = 500 * 1024;

  private static final Pattern SHELL_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  /** The app's own, at run time; a shell that took them over would find no program any more. */
  private static final Set<String> OF_THE_SHELL = Set.of("PATH", "HOME", "SHELL", "PWD", "IFS");

  private BuildSecrets() {}

  /** Writes them into {@code folder}; gives ids and files. */
  static Map<String, Path> write(Build build, BuildxFolder folder) throws BuildFailure {
    Map<String, String> secrets = new LinkedHashMap<>(build.job().environment());
    secrets.put(ALL, script(build.job().environment()));
    Map<String, Path> files = new LinkedHashMap<>();
    for (Map.Entry<String, String> secret : secrets.entrySet()) {
      String value = secret.getValue();
      if (value.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
        build
            .progress()
            .warn(secret.getKey() + " is larger than 500 KiB, so there is no build secret of it");
      } else {
        files.put(secret.getKey(), folder.write("secret-" + files.size(), value));
      }
    }
    return files;
  }

  /** {@code export NAME='value'}, a line for each variable that a shell can have and bear. */
  static String script(Map<String, String> environment) {
    StringBuilder script = new StringBuilder();
    environment.forEach(
        (name, value) -> {
          if (SHELL_NAME.matcher(name).matches() && !OF_THE_SHELL.contains(name)) {
            script
                .append("export ")
                .append(name)
                .append("='")
                .append(value.replace("'", "'\\''"))
                .append("'\n");
          }
        });
    return script.toString();
  }
}
