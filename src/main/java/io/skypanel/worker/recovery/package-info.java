/** After a restart: what becomes of the builds that were in flight. */
package io.skypanel.worker.recovery;
