/** From a repository without a Dockerfile to one that is generated (docs/runtimes.md). */
package io.skypanel.worker.runtime;
