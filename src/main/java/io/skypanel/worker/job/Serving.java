package io.skypanel.worker.job;

import java.util.Optional;

/**
 * The version of an app that serves after a deployment of it failed.
 *
 * @param deploymentId the panel's id of its deployment
 * @param commitSha what it was built from
 * @param url the address that people were given
 */
public record Serving(String deploymentId, String commitSha, Optional<String> url) {}
