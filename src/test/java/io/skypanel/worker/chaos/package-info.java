/**
 * Breaks things on purpose while builds run, and looks whether any is lost. Started by {@code
 * bin/chaos}, in namespaces of its own.
 */
package io.skypanel.worker.chaos;
