/** What runs where: one record an app, on disk, and the lock that keeps its deployments apart. */
package io.skypanel.worker.apps;
