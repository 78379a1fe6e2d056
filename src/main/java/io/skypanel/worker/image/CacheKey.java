package io.skypanel.worker.image;

import io.skypanel.worker.disk.DurableFile;
import io.skypanel.worker.job.BuildFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Names under which the engine's cache keeps what is one app's alone. They are made with a random
 * key of this worker's, {@code STATE_DIR/cache-key} (0600), so that nobody can say another app's,
 * whatever ids he knows. Without the key a new one is made, and the apps' caches begin anew.
 * Thread-safe.
 */
public final class CacheKey {
  private static final String ALGORITHM = "HmacSHA256";
  private static final int BYTES = 32;
  private static final Pattern KEPT = Pattern.compile("[0-9a-f]{" + 2 * BYTES + "}");

  private final Path file;
  private SecretKeySpec key;

  /**
   * @param stateDir where the key is kept; nothing is read or written before the first use
   */
  public CacheKey(Path stateDir) {
    this.file = stateDir.resolve("cache-key");
  }

  /**
   * The name for one use by one app: 64 hexadecimal digits, the same each time.
   *
   * @throws BuildFailure.WorkerFault if the key can be neither read nor made
   */
  String name(String use, String app) throws BuildFailure.WorkerFault {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key());
      // no use has a slash in it
      return HexFormat.of()
          .formatHex(mac.doFinal((use + "/" + app).getBytes(StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw new BuildFailure.WorkerFault("The key of the apps' caches, " + file + ": " + e, e);
    } catch (GeneralSecurityException everyJavaHasIt) {
      throw new IllegalStateException(everyJavaHasIt);
    }
  }

  private synchronized SecretKeySpec key() throws IOException {
    if (key == null) {
      String kept = Files.exists(file) ? Files.readString(file).strip() : "";
      if (!KEPT.matcher(kept).matches()) {
        byte[] random = new byte[BYTES];
        new SecureRandom().nextBytes(random);
        kept = HexFormat.of().formatHex(random);
        DurableFile.write(file, (kept + "\n").getBytes(StandardCharsets.UTF_8));
      }
      key = new SecretKeySpec(HexFormat.of().parseHex(kept), ALGORITHM);
    }
    return key;
  }
}
