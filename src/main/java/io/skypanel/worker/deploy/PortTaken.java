package io.skypanel.worker.deploy;

/** The target refused to start an app since its host port is in use; another may do. */
public final class PortTaken extends Exception {
  private static final long serialVersionUID = 1L;

  public PortTaken(String message, Throwable cause) {
    super(message, cause);
  }
}
