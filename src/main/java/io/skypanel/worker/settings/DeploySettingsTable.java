package io.skypanel.worker.settings;

import static io.skypanel.worker.settings.SettingsReader.require;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** The part of the table of settings that says how one version of an app follows another. */
final class DeploySettingsTable {
  private static final Predicate<String> DOMAIN =
      Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")
          .asMatchPredicate();
  private static final Predicate<String> LISTEN =
      Pattern.compile("(http://)?[A-Za-z0-9.-]*:[1-9]\\d{0,4}").asMatchPredicate();
  private static final Predicate<String> LABEL =
      Pattern.compile("[^=\\s\\p{Cntrl}]{1,256}").asMatchPredicate();

  private enum Kind {
    NONE,
    CADDY
  }

  private DeploySettingsTable() {}

  static DeploySettings read(SettingsReader in, Path stateDir) {
    return new DeploySettings(
        ingress(in, stateDir),
        Duration.ofSeconds(in.number(Setting.DEPLOY_TIMEOUT_SECONDS, 60, 1, 3600)),
        Duration.ofSeconds(in.number(Setting.STAY_UP_SECONDS, 3, 0, 60)),
        Duration.ofSeconds(in.number(Setting.RETIRE_AFTER_SECONDS, 30, 0, 3600)),
        in.read(
            Setting.APP_LABELS,
            Map.of(),
            "name=value, several with ';' or line breaks between them",
            DeploySettingsTable::labels));
  }

  private static Optional<DeploySettings.Ingress> ingress(SettingsReader in, Path stateDir) {
    if (in.oneOf(Setting.INGRESS, Kind.NONE) == Kind.NONE) {
      return Optional.empty();
    }
    if (in.find(Setting.INGRESS_DOMAIN).isEmpty()) {
      in.missing(
          Setting.INGRESS_DOMAIN, "a domain such as apps.example.com, since INGRESS is caddy");
    }
    String listen =
        in.read(
            Setting.INGRESS_LISTEN,
            ":443",
            "a port such as :443, or http://:8080 for plain HTTP",
            v -> require(LISTEN.test(v), v));
    return Optional.of(
        new DeploySettings.Ingress(
            in.read(
                Setting.CADDY_ADMIN_URL,
                URI.create("http://127.0.0.1:2019"),
                "the http URL of Caddy's admin API",
                DeploySettingsTable::adminUrl),
            listen.replaceFirst("^http://", ""),
            !listen.startsWith("http://"),
            in.read(
                Setting.INGRESS_DOMAIN,
                "localhost",
                "a domain in lower case, such as apps.example.com",
                v -> require(DOMAIN.test(v), v)),
            in.writableDirectory(
                Setting.INGRESS_DIR,
                stateDir.resolveSibling(stateDir.getFileName() + "-ingress"))));
  }

  private static URI adminUrl(String text) {
    URI uri = URI.create(text.replaceFirst("/+$", ""));
    return require("http".equals(uri.getScheme()) && uri.getHost() != null, uri);
  }

  private static Map<String, String> labels(String text) {
    Map<String, String> labels = new LinkedHashMap<>();
    for (String label : text.split("[;\\n]", -1)) {
      if (!label.isBlank()) {
        int equals = label.indexOf('=');
        String name = equals < 0 ? "" : label.substring(0, equals).strip();
        // these say whose a container is
        require(LABEL.test(name) && !name.startsWith("io.skypanel."), label);
        labels.put(name, label.substring(equals + 1).strip());
      }
    }
    return labels;
  }
}
