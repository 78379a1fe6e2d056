package io.skypanel.worker;

import io.skypanel.worker.cleanup.LeftoverImages;
import io.skypanel.worker.engine.DockerEngine;
import io.skypanel.worker.engine.EngineRetry;
import io.skypanel.worker.image.BuildImage;
import io.skypanel.worker.image.Builders;
import io.skypanel.worker.image.CacheKey;
import io.skypanel.worker.image.PackImageBuilder;
import io.skypanel.worker.plan.PlanBuild;
import io.skypanel.worker.process.ProcessGroupRunner;
import io.skypanel.worker.runtime.Runtimes;
import io.skypanel.worker.settings.WorkerSettings;
import java.util.Map;

/** What plans an image and builds it, made of the settings and of what all share. */
final class ImageBeans {
  private final Map<String, Object> byName;

  ImageBeans(
      WorkerSettings settings,
      String workerId,
      DockerEngine engine,
      EngineRetry engineRetry,
      Builders builders,
      LeftoverImages leftovers) {
    var programs = new ProcessGroupRunner();
    var cacheKey = new CacheKey(settings.stateDir());
    byName =
        Map.of(
            "plan",
            new PlanBuild(
                settings.images(),
                Runtimes.of(settings.images()),
                () -> builders.plugin().isPresent()),
            "image",
            new BuildImage(
                builders.builder(
                    engine,
                    settings.docker(),
                    workerId,
                    cacheKey,
                    settings.images(),
                    programs,
                    leftovers,
                    System.getenv()),
                new PackImageBuilder(
                    programs,
                    engine.client(),
                    settings.docker(),
                    workerId,
                    cacheKey,
                    settings.images(),
                    System.getenv()),
                engineRetry));
  }

  /** The beans by the names that the routes use. */
  Map<String, Object> byName() {
    return byName;
  }
}
