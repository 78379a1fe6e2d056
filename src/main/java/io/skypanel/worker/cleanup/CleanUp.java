package io.skypanel.worker.cleanup;

import com.github.dockerjava.api.DockerClient;
import io.skypanel.worker.apps.AppRecords;
import io.skypanel.worker.apps.Launches;
import io.skypanel.worker.checkout.KeptCheckouts;
import io.skypanel.worker.engine.DockerEngine;
import io.skypanel.worker.network.AppNetworks;
import io.skypanel.worker.settings.WorkerSettings;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.camel.Body;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps of the route {@code clean-up}, in the order {@link #workspaces}, {@link #checkouts},
 * {@link #containers}, {@link #networks}, {@link #images}, {@link #buildCache}, {@link #report};
 * each takes and gives the {@link Tally} so far. Nothing but what this worker made is ever touched.
 * No step throws: an engine that does not answer is one warning, and the steps behind it leave it
 * alone. One thread at a time.
 */
public final class CleanUp {
  private static final Logger log = LoggerFactory.getLogger(CleanUp.class);

  private final WorkspaceSweeper workspaces;
  private final KeptCheckouts checkouts;
  private final BooleanSupplier diskIsShort;
  private final LeftoverContainers containers;
  private final AppNetworks networks;
  private final SupersededLaunches launches;
  private final SupersededImages images;
  private final IntermediateImages intermediates;
  private final EngineDisk disk;
  private final long buildCacheBytes;

  /**
   * Cleans up what {@code workerId} made.
   *
   * @param checkouts what is kept for the next builds
   * @param diskIsShort whether no build is taken for lack of space
   * @param records which deployments serve
   * @param launches what can be started again
   * @param leftovers ids that failed builds left
   * @param networks the networks of apps
   * @param activeWorkspaces whether a running build owns a workspace
   * @param activeDeployments ids of the builds that run, from before they make anything until after
   *     their outcome is written
   */
  public CleanUp(
      WorkerSettings settings,
      String workerId,
      DockerEngine engine,
      KeptCheckouts checkouts,
      BooleanSupplier diskIsShort,
      AppRecords records,
      Launches launches,
      LeftoverImages leftovers,
      AppNetworks networks,
      Predicate<Path> activeWorkspaces,
      Supplier<Set<String>> activeDeployments) {
    DockerClient docker = engine.client();
    int keep = settings.keepImages();
    this.workspaces =
        new WorkspaceSweeper(settings.workspaceDir(), activeWorkspaces, Clock.systemUTC());
    this.checkouts = checkouts;
    this.diskIsShort = diskIsShort;
    this.containers = new LeftoverContainers(docker, workerId, records, activeDeployments);
    this.networks = networks;
    this.launches = new SupersededLaunches(launches, records, keep, activeDeployments);
    this.images = new SupersededImages(docker, workerId, records, keep, activeDeployments);
    this.intermediates =
        new IntermediateImages(docker, records, leftovers, keep, activeDeployments);
    this.disk = new EngineDisk(engine.http());
    this.buildCacheBytes = settings.buildCacheBytes();
  }

  /** Removes workspaces older than an hour that no running build owns. Begins the tally. */
  public Tally workspaces() {
    return workspaces.sweep();
  }

  /**
   * Removes the kept checkouts that were used the longest ago, beyond {@code MIRROR_CACHE_MB}; all
   * of them where the disk is short, so that builds go on.
   */
  public Tally checkouts(@Body Tally tally) {
    long freed = checkouts.trim(diskIsShort.getAsBoolean());
    return freed == 0 ? tally : tally.plus(Tally.ofWorkspaces(1, freed));
  }

  /** Removes containers of failed and superseded deployments. */
  public Tally containers(@Body Tally tally) {
    return onEngine(tally, "containers", containers::remove);
  }

  /** Removes the networks that no container is on any more. */
  public Tally networks(@Body Tally tally) {
    return onEngine(tally, "networks", () -> Tally.ofNetworks(networks.removeUnused().removed()));
  }

  /** Removes superseded images, then the intermediate ones that nothing needs any more. */
  public Tally images(@Body Tally tally) {
    Tally afterImages = onEngine(tally, "images", this::removeImages);
    return onEngine(afterImages, "intermediate images", intermediates::remove);
  }

  /** Prunes the engine's build cache, oldest first, if it is beyond {@code BUILD_CACHE_GB}. */
  public Tally buildCache(@Body Tally tally) {
    return buildCacheBytes == 0 ? tally : onEngine(tally, "build cache", this::pruneBuildCache);
  }

  /** Says in one line what went; nothing if nothing did. */
  public Tally report(@Body Tally tally) {
    if (!tally.isEmpty()) {
      log.info("Clean-up removed {}", tally);
    }
    return tally;
  }

  private Tally removeImages() {
    launches.remove();
    List<String> superseded = images.find();
    if (superseded.isEmpty()) {
      return Tally.NONE;
    }
    // layers are shared, so only the engine's own sums tell what came back
    long before = disk.imageBytes();
    int removed = images.remove(superseded);
    return Tally.ofImages(removed, Math.max(0, before - disk.imageBytes()));
  }

  private Tally pruneBuildCache() {
    long size = disk.buildCacheBytes();
    return size <= buildCacheBytes
        ? Tally.NONE
        : Tally.ofBuildCache(disk.pruneBuildCache(buildCacheBytes));
  }

  private static Tally onEngine(Tally tally, String what, Supplier<Tally> step) {
    if (tally.engineFailed()) {
      return tally;
    }
    try {
      return tally.plus(step.get());
    } catch (RuntimeException e) {
      Throwable root = e;
      while (root.getCause() != null) {
        root = root.getCause();
      }
      log.warn("Clean-up of {} broke off, the next run tries again: {}", what, root.toString());
      return tally.withEngineFailed();
    }
  }
}
