/** From a checkout to a plan: by which Dockerfile it is built, and how the app is run. */
package io.skypanel.worker.plan;
