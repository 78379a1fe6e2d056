/** The proxy in front of the apps: an address of an app's own, whichever version serves. */
package io.skypanel.worker.ingress;
