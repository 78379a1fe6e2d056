package io.skypanel.worker.deploy;

import java.util.OptionalInt;

/**
 * Where one deployment is reached.
 *
 * @param slug the app's own name among this worker's apps, fit for a host name
 * @param hostAddress the host's address it is published on
 * @param hostPort the host's port it is published on; empty: none, since it serves nothing
 */
record Placement(String slug, String hostAddress, OptionalInt hostPort) {}
