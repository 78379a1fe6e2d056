package io.skypanel.worker.status;

import io.skypanel.worker.disk.DurableFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The token that calls which act must bear: {@code WORKER_API_TOKEN}, or else one that is made once
 * and kept in {@code STATE_DIR/api-token} (0600).
 *
 * @param value the token; a secret
 */
public record ApiToken(String value) {
  private static final int BYTES = 32;

  /** The operator's token, else the kept one, else a new one. */
  public static ApiToken of(Optional<String> given, Path stateDir) throws IOException {
    if (given.isPresent()) {
      return new ApiToken(given.get());
    }
    Path file = stateDir.resolve("api-token");
    if (Files.exists(file)) {
      String kept = Files.readString(file).strip();
      if (!kept.isEmpty()) {
        return new ApiToken(kept);
      }
    }
    byte[] random = new byte[BYTES];
    new SecureRandom().nextBytes(random);
    ApiToken made = new ApiToken(HexFormat.of().formatHex(random));
    DurableFile.write(file, (made.value() + "\n").getBytes(StandardCharsets.UTF_8));
    return made;
  }

  /** Whether an {@code Authorization} header bears it; takes the same time for any wrong one. */
  boolean isIn(String authorization) {
    byte[] wanted = ("Bearer " + value).getBytes(StandardCharsets.UTF_8);
    byte[] given = String.valueOf(authorization).getBytes(StandardCharsets.UTF_8);
    return MessageDigest.isEqual(wanted, given);
  }

  @Override
  public String toString() {
    return "****";
  }
}
