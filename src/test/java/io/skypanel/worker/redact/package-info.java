/** Tests of what masks secrets. */
package io.skypanel.worker.redact;
