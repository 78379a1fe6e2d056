package io.skypanel.worker.settings;

import java.time.Duration;

/**
 * How long each stage of a build may take, inside the build's own limit.
 *
 * @param checkout the clone
 * @param image the image build
 * @param deploy start and probe of the app
 */
public record StageLimits(Duration checkout, Duration image, Duration deploy) {}
