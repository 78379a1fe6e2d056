/**
 * The one way by which git, its helpers and ssh leave this machine: a forward proxy on loopback
 * that resolves a name once, checks what it found, and connects to that. Knows the settings alone.
 */
package io.skypanel.worker.egress;
