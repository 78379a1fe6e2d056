package io.skypanel.worker.settings;

import java.util.Locale;

/** What a repository may be fetched by. */
public enum GitProtocol {
  HTTPS,
  HTTP,
  SSH;

  /** As it stands in an address: {@code https}. */
  public String scheme() {
    return name().toLowerCase(Locale.ROOT);
  }
}
