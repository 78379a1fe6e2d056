/**
 * Measures the worker beside the command line, in one run on one machine, and draws how it grows.
 * Started by {@code bin/bench}.
 */
package io.skypanel.worker.bench;
