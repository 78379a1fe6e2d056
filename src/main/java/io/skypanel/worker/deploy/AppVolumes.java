package io.skypanel.worker.deploy;

import com.github.dockerjava.api.DockerClient;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.Labels;
import java.util.HashMap;
import java.util.Map;

/**
 * Makes the volumes of apps. They outlive every deployment: only {@code remove} takes them away.
 */
final class AppVolumes {
  private final DockerClient docker;

  AppVolumes(DockerClient docker) {
    this.docker = docker;
  }

  /** Makes those that are not there yet, labelled as the app's. */
  void make(ContainerSpec spec) throws BuildFailure {
    Map<String, String> labels = new HashMap<>();
    for (String label : new String[] {Labels.WORKER, Labels.APP}) {
      labels.put(label, spec.labels().get(label));
    }
    for (String name : spec.volumes().keySet()) {
      try {
        // for one that is there the engine changes nothing
        Map<String, String> kept =
            docker.createVolumeCmd().withName(name).withLabels(labels).exec().getLabels();
        if (kept == null || !spec.labels().get(Labels.APP).equals(kept.get(Labels.APP))) {
          throw new BuildFailure.WorkerFault(
              "Volume " + name + " is not this app's; remove it, or name the app's otherwise",
              null);
        }
      } catch (RuntimeException e) {
        throw EngineErrors.fault("Volume " + name + " can't be made", e);
      }
    }
  }
}
