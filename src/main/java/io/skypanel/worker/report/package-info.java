/** What the panel is told: build log, statuses, and the outbox that delivers them. */
package io.skypanel.worker.report;
