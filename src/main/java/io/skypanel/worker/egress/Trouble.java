package io.skypanel.worker.egress;

/**
 * Why a connection did not come about.
 *
 * @param refused whether the worker does not allow it; else it could not be made
 * @param message a sentence for people that names the host, and the setting if it was refused
 */
public record Trouble(boolean refused, String message) {
  static Trouble refused(String message) {
    return new Trouble(true, message);
  }

  static Trouble unreachable(String message) {
    return new Trouble(false, message);
  }
}
