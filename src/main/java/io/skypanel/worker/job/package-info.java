/** The vocabulary of a build: what every stage takes, gives and says while it works. */
package io.skypanel.worker.job;
