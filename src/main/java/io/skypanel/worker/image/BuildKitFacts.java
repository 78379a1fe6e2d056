package io.skypanel.worker.image;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.Version;
import io.skypanel.worker.job.BuildFailure;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the engine's own BuildKit has by itself. Immutable.
 *
 * @param platform the build arguments that say for which platform it builds, and on which
 * @param heredocs whether it knows here-documents
 */
record BuildKitFacts(Map<String, String> platform, boolean heredocs) {
  private static final Pattern API = Pattern.compile("(\\d{1,4})\\.(\\d{1,4}).*");

  /** Others have some, of which the engine does not say which it takes. */
  private static final Set<String> WITHOUT_VARIANTS = Set.of("amd64", "arm64");

  /** What Docker Engine 23 speaks, the first that has here-documents without a frontend. */
  private static final int API_WITH_HEREDOCS = 42;

  /** Asks the engine; it builds for its own platform. */
  static BuildKitFacts of(DockerClient docker) throws BuildFailure.WorkerFault {
    Version version;
    try {
      version = docker.versionCmd().exec();
    } catch (RuntimeException e) {
      throw new BuildFailure.WorkerFault(
          "The Docker Engine does not say its platform: " + e.getMessage(), e);
    }
    String system = String.valueOf(version.getOperatingSystem());
    String processor = String.valueOf(version.getArch());
    Map<String, String> arguments = new LinkedHashMap<>();
    for (String side : new String[] {"BUILD", "TARGET"}) {
      arguments.put(side + "PLATFORM", system + "/" + processor);
      arguments.put(side + "OS", system);
      arguments.put(side + "ARCH", processor);
      if (WITHOUT_VARIANTS.contains(processor)) {
        arguments.put(side + "VARIANT", "");
      }
    }
    return new BuildKitFacts(arguments, speaks(version, API_WITH_HEREDOCS));
  }

  /** Whether the engine speaks version 1.{@code minor} of its API, or a later one. */
  static boolean speaks(Version version, int minor) {
    Matcher api = API.matcher(String.valueOf(version.getApiVersion()));
    return api.matches()
        && (Integer.parseInt(api.group(1)) > 1 || Integer.parseInt(api.group(2)) >= minor);
  }
}
