package io.skypanel.worker.deploy;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What an image says about how to run it.
 *
 * @param exposedTcpPorts what it {@code EXPOSE}s over TCP, ascending
 * @param healthcheck its HEALTHCHECK; empty if it has none or {@code NONE}
 */
public record ImageFacts(List<Integer> exposedTcpPorts, Optional<Healthcheck> healthcheck) {
  public ImageFacts {
    exposedTcpPorts = exposedTcpPorts.stream().sorted().toList();
  }

  /**
   * How a HEALTHCHECK is timed.
   *
   * @param startPeriod failures within it do not count
   * @param interval between two checks
   * @param timeout of one check
   * @param retries failures in a row that make it unhealthy
   */
  public record Healthcheck(
      Duration startPeriod, Duration interval, Duration timeout, int retries) {

    /** After this long the engine has said healthy or unhealthy. */
    public Duration decidedWithin() {
      return startPeriod.plus(interval.plus(timeout).multipliedBy(retries));
    }
  }
}
