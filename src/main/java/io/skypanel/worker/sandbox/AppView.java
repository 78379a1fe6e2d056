package io.skypanel.worker.sandbox;

/**
 * The panel's row of one app; it has one status for all its deployments.
 *
 * @param id the app's id
 * @param name its name
 * @param status {@code pending} until a deployment changes it
 */
public record AppView(String id, String name, String status) {}
