/** Files that must be whole after a power cut. */
package io.skypanel.worker.disk;
