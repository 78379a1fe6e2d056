/** The worker seen from outside: status view, health, metrics, JMX. */
package io.skypanel.worker.status;
