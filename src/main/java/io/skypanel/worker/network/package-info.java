/** The networks of apps: whose they are, their addresses, and what may be reached from them. */
package io.skypanel.worker.network;
