package io.skypanel.worker.settings;

import java.util.Locale;

/**
 * The name of every setting: the environment variable, and its lower case with dots as the property
 * ({@code SKYPANEL_URL} is {@code skypanel.url}).
 */
public enum Setting {
  SKYPANEL_URL,
  WORKER_NAME,
  WORKER_HOSTNAME,
  WORKER_IP_ADDRESS,
  WORKER_NODE_ID,
  WORKER_AUTH_TOKEN,
  WORKER_PORT,
  WORKER_BIND,
  WORKER_SHARD,
  WORKSPACE_DIR,
  STATE_DIR,
  ROUTES_DIR,
  LOG_DIR,
  BUILD_QUEUE,
  MAX_CONCURRENT_BUILDS,
  BUILD_TIMEOUT_MINUTES,
  CHECKOUT_TIMEOUT_MINUTES,
  IMAGE_TIMEOUT_MINUTES,
  START_TIMEOUT_MINUTES,
  CLEANUP_INTERVAL_MINUTES,
  HEARTBEAT_INTERVAL_SECONDS,
  POLL_INTERVAL_SECONDS,
  DOCKER_HOST,
  DOCKER_PORT,
  DOCKER_TLS_VERIFY,
  DOCKER_CERT_PATH,
  APP_MEMORY,
  APP_CPUS,
  APP_PORT_RANGE,
  APP_BIND,
  DEPLOY_TIMEOUT_SECONDS,
  KEEP_IMAGES,
  BUILD_CACHE_GB,
  MIN_FREE_DISK,
  MIN_FREE_DISK_PERCENT,
  MIN_FREE_MEMORY,
  WORKER_API_TOKEN,
  LOG_LEVEL,
  JMX_PORT,
  JMX_HOST,
  JMX_PASSWORD_FILE,
  NODE_ENV;

  /** The property's name. */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '.');
  }
}
