/** A panel, a git server and sample apps to try the worker against. */
package io.skypanel.worker.sandbox;
