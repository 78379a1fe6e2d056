package io.skypanel.worker.hostile;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a repository holds that attacks the worker, its builder or its neighbours.
 *
 * @param name of the attack
 * @param filling writes it
 * @param failure what the message of the failed build contains; empty: the app is deployed, and
 *     nothing came of the attack
 * @param buildKit whether it is by what BuildKit alone has
 */
public record HostileContent(
    String name, Filling filling, Optional<String> failure, boolean buildKit) {
  /** Writes a repository's files into a folder. */
  public interface Filling {
    /**
     * @param folder is there and empty
     */
    void into(Path folder) throws IOException;
  }

  static HostileContent fails(String name, String message, Filling filling) {
    return new HostileContent(name, filling, Optional.of(message), false);
  }

  static HostileContent harmless(String name, Filling filling) {
    return new HostileContent(name, filling, Optional.empty(), false);
  }

  HostileContent ofBuildKit() {
    return new HostileContent(name, filling, failure, true);
  }

  @Override
  public String toString() {
    return name;
  }
}
