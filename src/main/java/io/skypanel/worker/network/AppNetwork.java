package io.skypanel.worker.network;

import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.Digest;
import io.skypanel.worker.job.ImageRef;
import io.skypanel.worker.job.Labels;
import io.skypanel.worker.settings.AppIsolation;
import java.util.Map;
import java.util.Optional;

/**
 * A network of apps on the engine: a bridge that no other tenant is on. Immutable.
 *
 * @param name at the engine: {@code skypanel-org-<organizationId>-<worker>}, or {@code
 *     skypanel-app-<appId>-<worker>}
 * @param owner whose it is, exactly: {@code organization:<id>} or {@code app:<id>}
 * @param bridge its interface's name on the host
 */
public record AppNetwork(String name, String owner, String bridge) {
  /**
   * What every bridge's name begins with, so that one rule of a firewall is for all of them. An
   * interface's name has 15 characters at most.
   */
  public static final String BRIDGE_PREFIX = "sky-";

  private static final int BRIDGE_DIGITS = 11;
  private static final int WORKER_DIGITS = 8;
  private static final String ORGANIZATION = "organization:";
  private static final String APP = "app:";

  /** The network of a job's app; empty if apps are on the engine's default bridge. Pure. */
  public static Optional<AppNetwork> of(
      AppIsolation.Networks networks, String workerId, BuildJob job) {
    Optional<String> organization =
        job.organizationId()
            .filter(ImageRef::isCleanable)
            .filter(id -> networks == AppIsolation.Networks.ORGANIZATION);
    return networks == AppIsolation.Networks.DEFAULT
        ? Optional.empty()
        : ofOwner(workerId, organization.map(ORGANIZATION::concat).orElse(APP + job.appId()));
  }

  /** The network whose owner is written so, as {@link #labels} has it; empty if none is. */
  static Optional<AppNetwork> ofOwner(String workerId, String owner) {
    String id = owner.substring(owner.indexOf(':') + 1);
    String kind =
        owner.startsWith(ORGANIZATION)
            ? "skypanel-org-"
            : owner.startsWith(APP) ? ImageRef.PREFIX : "";
    if (kind.isEmpty() || !ImageRef.isCleanable(id)) {
      return Optional.empty();
    }
    String worker = ImageRef.clean(workerId);
    String own = worker.substring(0, Math.min(WORKER_DIGITS, worker.length()));
    return Optional.of(
        new AppNetwork(
            kind + ImageRef.clean(id) + "-" + own,
            owner,
            BRIDGE_PREFIX + Digest.of(workerId + " " + owner).substring(0, BRIDGE_DIGITS)));
  }

  /** The network's own labels. */
  Map<String, String> labels(String workerId) {
    return Map.of(Labels.WORKER, workerId, Labels.NETWORK, owner);
  }
}
