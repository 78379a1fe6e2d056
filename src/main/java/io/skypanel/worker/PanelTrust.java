package io.skypanel.worker;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.apache.camel.support.jsse.SSLContextParameters;
import org.apache.camel.support.jsse.TrustManagersParameters;

/** Whose certificates count in calls over https: the public authorities' and the operator's own. */
final class PanelTrust {
  private PanelTrust() {}

  /**
   * What Camel's https endpoints need to trust the public authorities and these.
   *
   * @param authorities the operator's own; empty leaves things as they are
   */
  static SSLContextParameters with(List<X509Certificate> authorities) {
    SSLContextParameters parameters = new SSLContextParameters();
    if (authorities.isEmpty()) {
      return parameters;
    }
    TrustManagersParameters trust = new TrustManagersParameters();
    trust.setTrustManager(managerOf(authorities));
    parameters.setTrustManagers(trust);
    return parameters;
  }

  /** The same for a client that is not Camel's. */
  static SSLContext context(SSLContextParameters trust) {
    try {
      return trust.createSSLContext(null);
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("TLS can't be had of this Java", e);
    }
  }

  private static X509TrustManager managerOf(List<X509Certificate> authorities) {
    try {
      KeyStore all = KeyStore.getInstance(KeyStore.getDefaultType());
      all.load(null, null);
      int index = 0;
      for (X509Certificate publicOne : manager(null).getAcceptedIssuers()) {
        all.setCertificateEntry("public-" + index++, publicOne);
      }
      for (X509Certificate own : authorities) {
        all.setCertificateEntry("own-" + index++, own);
      }
      return manager(all);
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("the authorities can't be put together", e);
    }
  }

  /** The platform's manager of these; of its own public ones for null, as it is asked for them. */
  private static X509TrustManager manager(KeyStore store) throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return Stream.of(factory.getTrustManagers())
        .filter(X509TrustManager.class::isInstance)
        .map(X509TrustManager.class::cast)
        .findFirst()
        .orElseThrow();
  }
}
