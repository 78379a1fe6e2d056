package io.skypanel.worker.image;

import io.skypanel.worker.job.Shown;

/** What a Dockerfile says there, builders read in more than one way, or none of them plainly. */
final class UndecidedText extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * @param what the words that can't be decided, for the customer
   */
  UndecidedText(String what) {
    super(Shown.of(what));
  }
}
