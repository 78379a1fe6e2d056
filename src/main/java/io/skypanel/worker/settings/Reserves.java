package io.skypanel.worker.settings;

/**
 * What must be free before a build is taken.
 *
 * @param diskBytes on the workspace's and the engine's disk
 * @param diskPercent of those disks' size, if that is more
 * @param memoryBytes available memory
 */
public record Reserves(long diskBytes, int diskPercent, long memoryBytes) {}
