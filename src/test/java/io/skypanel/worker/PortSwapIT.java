package io.skypanel.worker;

import org.junit.jupiter.api.Order;

/** Without an ingress: each version has a port of its own, and users follow. */
@Order(1) // it takes longest: begun last, it would run alone
class PortSwapIT extends SwapContract {
  @Override
  String[] settings() {
    return new String[] {
      "INGRESS", "none",
      "RETIRE_AFTER_SECONDS", "3",
      "STAY_UP_SECONDS", "2",
      "DEPLOY_TIMEOUT_SECONDS", "5",
      "APP_MEMORY", "128m"
    };
  }

  @Override
  boolean addressIsStable() {
    return false;
  }
}
