/** What is secret in a build, and masking it in texts and streams. Knows nothing else. */
package io.skypanel.worker.redact;
