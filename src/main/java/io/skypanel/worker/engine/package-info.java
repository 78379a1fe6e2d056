/** The one shared connection to the Docker Engine, and the Camel component on it. */
package io.skypanel.worker.engine;
