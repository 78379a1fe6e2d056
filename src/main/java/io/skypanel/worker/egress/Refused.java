package io.skypanel.worker.egress;

import java.io.IOException;

/** The rules do not allow a connection; the message is for people. */
final class Refused extends IOException {
  private static final long serialVersionUID = 1L;

  Refused(String message) {
    super(message);
  }
}
