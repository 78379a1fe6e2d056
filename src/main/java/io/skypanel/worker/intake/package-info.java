/** Which builds to take: what is in flight, which slots are free, and the claim. */
package io.skypanel.worker.intake;
