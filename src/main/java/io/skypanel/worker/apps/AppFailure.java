package io.skypanel.worker.apps;

/** Why something can't be done with an app; the message is a sentence that names the way out. */
public abstract sealed class AppFailure extends Exception {
  private static final long serialVersionUID = 1L;

  AppFailure(String message, Throwable cause) {
    super(message, cause);
  }

  /** This worker has no such app, or nothing of it. */
  public static final class Unknown extends AppFailure {
    private static final long serialVersionUID = 1L;

    Unknown(String message) {
      super(message, null);
    }
  }

  /** It can't be done as the app is at present, or it is not clear which one is meant. */
  public static final class Refused extends AppFailure {
    private static final long serialVersionUID = 1L;

    Refused(String message) {
      super(message, null);
    }
  }

  /** The engine or the disk failed; it can be tried again. */
  public static final class Fault extends AppFailure {
    private static final long serialVersionUID = 1L;

    Fault(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
