package io.skypanel.worker.plan;

/** What is wrong with a file about an app: the key, the value and what would be right. */
final class Mistake extends Exception {
  private static final long serialVersionUID = 1L;

  Mistake(String message) {
    super(message, null, false, false);
  }
}
