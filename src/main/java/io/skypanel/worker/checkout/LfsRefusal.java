package io.skypanel.worker.checkout;

import java.io.IOException;

/** What another try would not better: the message says what is the matter with LFS files. */
final class LfsRefusal extends IOException {
  private static final long serialVersionUID = 1L;

  LfsRefusal(String message) {
    super(message);
  }
}
