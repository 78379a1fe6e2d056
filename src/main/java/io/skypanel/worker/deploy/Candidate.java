package io.skypanel.worker.deploy;

/**
 * A deployment that was started and does not serve yet.
 *
 * @param spec what it was started from
 * @param id the target's id of it: a container's, a service's
 */
public record Candidate(ContainerSpec spec, String id) {}
