package io.skypanel.worker.job;

import java.nio.file.Path;

/**
 * A build that was claimed and is running: what its stages share. It stands in the exchange
 * variable {@code build} of the route {@code run-build}.
 *
 * @param job what is built
 * @param workspace this build's own folder; the checkout stage makes it
 * @param progress where stages say what they do
 * @param stop tells stages to end early
 */
public record Build(BuildJob job, Path workspace, Progress progress, StopSignal stop) {
  /** The key of the logging context that carries the deployment's id on every line of a build. */
  public static final String LOG_KEY = "deployment";
}
