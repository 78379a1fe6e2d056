/** From an image to a running app: container specification, target, probe. */
package io.skypanel.worker.deploy;
