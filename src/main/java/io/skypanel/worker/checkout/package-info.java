/** From a git source to a checkout on disk. */
package io.skypanel.worker.checkout;
