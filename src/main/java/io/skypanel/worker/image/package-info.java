/** From a checkout to an image: context, builders, build output. */
package io.skypanel.worker.image;
