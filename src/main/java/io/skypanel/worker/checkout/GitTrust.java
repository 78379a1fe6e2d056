package io.skypanel.worker.checkout;

import io.skypanel.worker.settings.CertificateFile;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.ssl.ClientTlsStrategyBuilder;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.ssl.SSLContexts;

/** Whose certificates count for what the worker fetches in git's place: the same as for git. */
final class GitTrust {
  private GitTrust() {}

  /**
   * Those of the file that {@code GIT_SSL_CAINFO} or {@code SSL_CERT_FILE} names, or Java's own.
   *
   * @throws IOException if the file can't be read
   */
  static TlsSocketStrategy of(Map<String, String> environment) throws IOException {
    Optional<String> file =
        Optional.ofNullable(environment.get("GIT_SSL_CAINFO"))
            .or(() -> Optional.ofNullable(environment.get("SSL_CERT_FILE")));
    try {
      SSLContext context =
          file.isPresent() ? context(Path.of(file.get())) : SSLContext.getDefault();
      return ClientTlsStrategyBuilder.create().setSslContext(context).buildClassic();
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IOException(
          "the certificates of " + file.orElse("Java") + " can't be used: " + e, e);
    }
  }

  private static SSLContext context(Path file) throws IOException, GeneralSecurityException {
    KeyStore authorities = KeyStore.getInstance(KeyStore.getDefaultType());
    authorities.load(null, null);
    int index = 0;
    for (X509Certificate one : CertificateFile.read(file)) {
      authorities.setCertificateEntry("authority-" + index++, one);
    }
    return SSLContexts.custom().loadTrustMaterial(authorities, null).build();
  }
}
