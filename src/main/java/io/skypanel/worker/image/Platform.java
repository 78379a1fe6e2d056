package io.skypanel.worker.image;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.Version;
import io.skypanel.worker.job.BuildFailure;
import java.util.LinkedHashMap;
import java.util.Map;

/** The build arguments that BuildKit has by itself: for which platform it builds, and on which. */
final class Platform {
  private Platform() {}

  /** Asks the engine; it builds for its own platform. */
  static Map<String, String> arguments(DockerClient docker) throws BuildFailure.WorkerFault {
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
      arguments.put(side + "VARIANT", "");
    }
    return arguments;
  }
}
