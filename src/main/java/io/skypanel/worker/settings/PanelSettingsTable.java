package io.skypanel.worker.settings;

import static io.skypanel.worker.settings.SettingsReader.require;

import java.net.URI;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/** The part of the table of settings that is about the panel, and this worker to it. */
final class PanelSettingsTable {
  private PanelSettingsTable() {}

  static List<X509Certificate> authorities(SettingsReader in) {
    return in.read(
        Setting.SKYPANEL_CA_FILE,
        List.of(),
        "a file of X.509 certificates in PEM",
        v -> CertificateFile.read(Path.of(v)));
  }

  static URI url(SettingsReader in) {
    String wanted =
        "the panel's http or https URL without user, query or fragment, such as"
            + " https://panel.example.com";
    if (in.find(Setting.SKYPANEL_URL).isEmpty()) {
      in.missing(Setting.SKYPANEL_URL, wanted);
    }
    URI panel =
        in.read(
            Setting.SKYPANEL_URL,
            URI.create("http://localhost"),
            wanted,
            v -> {
              URI uri = URI.create(v.replaceFirst("/+$", ""));
              boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
              return require(
                  web
                      && uri.getHost() != null
                      && uri.getPort() <= 65535
                      && uri.getQuery() == null
                      && uri.getFragment() == null
                      && uri.getUserInfo() == null,
                  uri);
            });
    if (panel.getScheme().equals("http") && !Machine.isLoopback(panel.getHost())) {
      in.warn(
          "SKYPANEL_URL is "
              + panel
              + ": the worker's token and the apps' variables travel in the clear; use https"
              + " (SKYPANEL_CA_FILE for an authority of your own)");
    }
    return panel;
  }

  static Optional<String> ipAddress(SettingsReader in, Machine machine, URI panel) {
    String wanted = "an IPv4 or IPv6 address";
    if (machine.inContainer() && in.find(Setting.WORKER_IP_ADDRESS).isEmpty()) {
      in.missing(
          Setting.WORKER_IP_ADDRESS,
          "the host's address: this worker runs in a container, whose own address is the same on"
              + " every machine, and the panel would take all of them for one node");
    }
    Optional<String> address =
        in.read(
            Setting.WORKER_IP_ADDRESS,
            Optional.empty(),
            wanted,
            v -> Optional.of(require(Machine.isIpAddress(v), v)));
    if (address.filter(Machine::isLoopback).isPresent() && !Machine.isLoopback(panel.getHost())) {
      in.warn(
          "WORKER_IP_ADDRESS is "
              + address.get()
              + ", but the panel is elsewhere: a second such worker would be taken for this node");
    }
    return address;
  }

  static Optional<WorkerSettings.Credentials> credentials(SettingsReader in) {
    Optional<String> nodeId = in.find(Setting.WORKER_NODE_ID);
    Optional<String> token = in.find(Setting.WORKER_AUTH_TOKEN);
    if (nodeId.isPresent() != token.isPresent()) {
      in.missing(
          nodeId.isPresent() ? Setting.WORKER_AUTH_TOKEN : Setting.WORKER_NODE_ID,
          "set together with "
              + (nodeId.isPresent() ? Setting.WORKER_NODE_ID : Setting.WORKER_AUTH_TOKEN)
              + ", or neither");
    }
    return nodeId.flatMap(
        id -> token.map(t -> new WorkerSettings.Credentials(id.strip(), t.strip())));
  }
}
