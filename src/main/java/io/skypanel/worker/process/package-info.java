/** Running programs of the machine: by argument list, each in a process group of its own. */
package io.skypanel.worker.process;
