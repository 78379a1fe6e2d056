package io.skypanel.worker.engine;

import com.github.dockerjava.api.model.Info;
import io.skypanel.worker.settings.AppIsolation;
import io.skypanel.worker.settings.DockerEndpoint;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Whether the engine has what is to keep apps apart. Pure. */
public final class IsolationCheck {
  private IsolationCheck() {}

  /**
   * What the engine lacks, and the way out; empty if nothing.
   *
   * @param endpoint where it is
   * @param engine what it says of itself
   */
  public static Optional<String> problem(
      AppIsolation isolation, DockerEndpoint endpoint, Info engine) {
    Map<String, ?> runtimes = engine.getRuntimes() == null ? Map.of() : engine.getRuntimes();
    Optional<String> unknown = isolation.runtime().filter(name -> !runtimes.containsKey(name));
    if (unknown.isPresent()) {
      return Optional.of(
          "APP_RUNTIME is '"
              + unknown.get()
              + "', but the engine has the runtimes "
              + String.join(", ", new TreeSet<>(runtimes.keySet()))
              + "; add it to the engine's daemon.json, or set another");
    }
    boolean rootless = has(engine, "rootless");
    if (isolation.users() == AppIsolation.Users.REMAP && !rootless && !has(engine, "userns")) {
      return Optional.of(
          "APP_USERNS is 'remap', but the engine does not remap user ids; set userns-remap in its"
              + " daemon.json, run it rootless, or set APP_USERNS to default");
    }
    return isolation.firewall() && (rootless || !endpoint.isLocal())
        ? Optional.of(
            "APP_FIREWALL can't be had with the engine at "
                + endpoint.host()
                + (rootless ? ", which is rootless" : "")
                + ": its networks are not this machine's; set it to false")
        : Optional.empty();
  }

  /** As in {@code name=seccomp,profile=default}. */
  private static boolean has(Info engine, String name) {
    List<String> options = engine.getSecurityOptions();
    return options != null
        && options.stream().anyMatch(o -> List.of(o.split(",")).contains("name=" + name));
  }
}
