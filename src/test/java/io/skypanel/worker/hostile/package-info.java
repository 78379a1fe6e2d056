/** Attacks on a worker, and what becomes of them. */
package io.skypanel.worker.hostile;
