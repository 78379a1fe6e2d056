package io.skypanel.worker.hostile;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a repository holds that attacks the worker, its builder or its neighbours.
 *
 * @param name of the attack
 * @param filling writes it
 * @param failure what the message of the failed build contains, with buildx; empty: the app is
 *     deployed, and nothing came of the attack
 */
public record HostileContent(String name, Filling filling, Optional<String> failure) {
  /** Writes a repository's files into a folder. */
  public interface Filling {
    /**
     * @param folder is there and empty
     */
    void into(Path folder) throws IOException;
  }

  static HostileContent fails(String name, String message, Filling filling) {
    return new HostileContent(name, filling, Optional.of(message));
  }

  static HostileContent harmless(String name, Filling filling) {
    return new HostileContent(name, filling, Optional.empty());
  }

  @Override
  public String toString() {
    return name;
  }
}
