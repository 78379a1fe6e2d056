package io.skypanel.worker.status;

import io.skypanel.worker.apps.AppControl;
import io.skypanel.worker.apps.AppNames;
import io.skypanel.worker.apps.AppOverview;
import io.skypanel.worker.engine.DockerEngine;
import io.skypanel.worker.redact.Redaction;

/**
 * What the calls below {@code /apps} work with.
 *
 * @param overview lists apps
 * @param names tells which app is meant
 * @param control acts on apps
 * @param engine has their output
 * @param redaction masks that output
 */
public record AppAccess(
    AppOverview overview,
    AppNames names,
    AppControl control,
    DockerEngine engine,
    Redaction redaction) {}
