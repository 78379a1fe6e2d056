package io.skypanel.worker.settings;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;

/** A file of certificates. */
public final class CertificateFile {
  private CertificateFile() {}

  /**
   * The certificates in a file, PEM or DER.
   *
   * @throws IllegalArgumentException if it can't be read, or holds none
   */
  public static List<X509Certificate> read(Path file) {
    try (InputStream content = Files.newInputStream(file)) {
      List<X509Certificate> found =
          CertificateFactory.getInstance("X.509").generateCertificates(content).stream()
              .map(X509Certificate.class::cast)
              .toList();
      return SettingsReader.require(!found.isEmpty(), found);
    } catch (IOException | CertificateException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
    }
  }
}
