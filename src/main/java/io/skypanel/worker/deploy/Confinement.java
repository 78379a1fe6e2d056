package io.skypanel.worker.deploy;

import io.skypanel.worker.settings.AppIsolation;
import java.util.List;
import java.util.Optional;

/**
 * What the processes of a container may do. Immutable.
 *
 * @param capabilities what is left to root, by Docker's names; everything else is dropped
 * @param ulimits what each process may use
 * @param runtime what the engine starts it with; empty: the engine's default
 * @param usernsMode {@code host}, or empty: as the engine has it, which is all that its API knows
 */
public record Confinement(
    List<String> capabilities,
    List<AppIsolation.Ulimit> ulimits,
    Optional<String> runtime,
    Optional<String> usernsMode) {

  /**
   * What the entrypoints of usual images (nginx, postgres, redis, php-fpm) need before they become
   * another user. Of Docker's defaults these are not among them: AUDIT_WRITE, MKNOD, NET_RAW,
   * SETFCAP, SETPCAP and SYS_CHROOT (docs/security.md).
   */
  private static final List<String> CAPABILITIES =
      List.of(
          "CHOWN",
          "DAC_OVERRIDE",
          "FOWNER",
          "FSETID",
          "KILL",
          "NET_BIND_SERVICE",
          "SETGID",
          "SETUID");

  public Confinement {
    capabilities = List.copyOf(capabilities);
    ulimits = List.copyOf(ulimits);
  }

  /** As the settings say. Pure. */
  public static Confinement of(AppIsolation isolation) {
    return new Confinement(
        CAPABILITIES,
        isolation.ulimits(),
        isolation.runtime(),
        isolation.users() == AppIsolation.Users.HOST ? Optional.of("host") : Optional.empty());
  }
}
