/** What may be removed, and removing it. */
package io.skypanel.worker.cleanup;
