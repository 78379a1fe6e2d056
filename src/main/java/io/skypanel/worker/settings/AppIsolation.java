package io.skypanel.worker.settings;

import java.util.List;
import java.util.Optional;

/**
 * What keeps apps away from the machine and from each other.
 *
 * @param runtime what the engine starts containers with, by the engine's own name for it; empty:
 *     the engine's default
 * @param users whose user ids an app's processes have
 * @param ulimits what each process may use
 * @param networks which apps share a network
 * @param pool where the networks' addresses come from
 * @param firewall whether the host's own ports and the metadata address are closed to apps and
 *     builds
 */
public record AppIsolation(
    Optional<String> runtime,
    Users users,
    List<Ulimit> ulimits,
    Networks networks,
    NetworkPool pool,
    boolean firewall) {

  public AppIsolation {
    ulimits = List.copyOf(ulimits);
  }

  /** Whose user ids an app's processes have. */
  public enum Users {
    /** As the engine has it. */
    DEFAULT,
    /** The host's, even if the engine remaps them. */
    HOST,
    /** Others than the host's: an engine that does not remap them is refused. */
    REMAP
  }

  /** Which apps share a network. */
  public enum Networks {
    /** Those of one organization; one without an organization has its own. */
    ORGANIZATION,
    /** None. */
    APP,
    /** All, and everything else on the engine's default bridge. */
    DEFAULT
  }

  /**
   * A limit of each process, as {@code setrlimit} takes it; -1 is none.
   *
   * @param name in lower case, such as {@code nofile}
   * @param soft what counts
   * @param hard what the process may raise it to
   */
  public record Ulimit(String name, long soft, long hard) {}
}
