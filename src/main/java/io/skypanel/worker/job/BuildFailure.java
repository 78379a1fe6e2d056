package io.skypanel.worker.job;

/**
 * Why a build ended without an app. The message is one sentence that the customer can act on; it
 * holds no secret. The kinds differ in whose fault it was and so in what follows.
 */
public abstract sealed class BuildFailure extends Exception {
  private static final long serialVersionUID = 1L;

  BuildFailure(String message, Throwable cause) {
    super(message, cause);
  }

  /** For metrics and {@code /status}: whose fault. */
  public abstract String kind();

  /** The repository or the job's settings are wrong; trying again changes nothing. */
  public static final class UserFault extends BuildFailure {
    private static final long serialVersionUID = 1L;

    public UserFault(String message) {
      super(message, null);
    }

    @Override
    public String kind() {
      return "user";
    }
  }

  /** The worker, its machine, the engine or the network failed. */
  public static final class WorkerFault extends BuildFailure {
    private static final long serialVersionUID = 1L;

    public WorkerFault(String message, Throwable cause) {
      super(message, cause);
    }

    @Override
    public String kind() {
      return "worker";
    }
  }

  /** Somebody cancelled it. */
  public static final class Cancelled extends BuildFailure {
    private static final long serialVersionUID = 1L;

    public Cancelled(String message) {
      super(message, null);
    }

    @Override
    public String kind() {
      return "cancelled";
    }
  }

  /** It took longer than its limit. */
  public static final class TimedOut extends BuildFailure {
    private static final long serialVersionUID = 1L;

    public TimedOut(String message) {
      super(message, null);
    }

    @Override
    public String kind() {
      return "timeout";
    }
  }

  /** A newer deployment of the same app took its place. */
  public static final class Superseded extends BuildFailure {
    private static final long serialVersionUID = 1L;

    public Superseded(String message) {
      super(message, null);
    }

    @Override
    public String kind() {
      return "superseded";
    }
  }
}
