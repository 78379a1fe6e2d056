package io.skypanel.worker.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** application.properties.example and the README's table say what the code does. */
class ExampleSettingsTest {
  /** What has no default that could be written down; the example's text says what applies. */
  private static final Set<String> WITHOUT_DEFAULT =
      Set.of(
          "worker.name",
          "worker.hostname",
          "worker.ip.address",
          "worker.node.id",
          "worker.auth.token",
          "state.dir",
          "routes.dir",
          "skypanel.ca.file",
          "docker.port",
          "docker.cert.path",
          "git.denied.addresses",
          "git.known.hosts",
          "git.credentials",
          "registry.auth",
          "pack.builder",
          "runtimes.dir",
          "apps.dir",
          "app.max.cpus",
          "app.runtime",
          "app.labels",
          "ingress.domain",
          "ingress.dir",
          "cache.dir",
          "worker.api.token",
          "redact.tokens",
          "jmx.port",
          "jmx.password.file",
          "node.env");

  @TempDir Path folder;

  private static Map<String, String> documented() throws IOException {
    Map<String, String> entries = new LinkedHashMap<>();
    for (String line : Files.readAllLines(Path.of("application.properties.example"))) {
      if (line.matches("#[a-z][a-z.]*=.*")) {
        String[] entry = line.substring(1).split("=", 2);
        assertThat(entries.put(entry[0], entry[1])).as("second %s", entry[0]).isNull();
      } else {
        assertThat(line).matches("|# .*|#");
      }
    }
    return entries;
  }

  private WorkerSettings read(Map<String, String> properties) throws SettingsException {
    Map<String, String> environment = new HashMap<>();
    environment.put("SKYPANEL_URL", "https://panel.example.com");
    environment.put("STATE_DIR", folder.resolve("state").toString());
    environment.put("JMX_PORT", "9010");
    Machine machine = new Machine("build-1", 4, false, folder, folder, folder);
    return WorkerSettings.read(new SettingSources(environment, Map.of(), properties), machine);
  }

  @Test
  void theExampleHasEverySettingOnceInTheCodesOrder() throws Exception {
    assertThat(documented().keySet())
        .containsExactlyElementsOf(Arrays.stream(Setting.values()).map(Setting::key).toList());
  }

  @Test
  void everyDefaultInTheExampleIsTheCodes() throws Exception {
    Map<String, String> defaults = new HashMap<>(documented());
    defaults.remove(Setting.SKYPANEL_URL.key());
    defaults.values().removeIf(String::isEmpty);

    assertThat(read(defaults)).isEqualTo(read(Map.of()));
  }

  @Test
  void onlyWhatDependsOnTheMachineOrTheOperatorHasNoDefault() throws Exception {
    assertThat(
            documented().entrySet().stream()
                .filter(e -> e.getValue().isEmpty())
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet()))
        .isEqualTo(WITHOUT_DEFAULT);
  }

  @Test
  void theReadmesTableHasEverySettingWithTheSameDefault() throws Exception {
    String readme = Files.readString(Path.of("README.md"));
    Map<String, String> documented = documented();
    for (Setting setting : Setting.values()) {
      String cell = "\\n\\|[^|]*`" + setting + "`[^|]*\\|([^|]*)\\|";
      var row = Pattern.compile(cell).matcher(readme);
      assertThat(row.find()).as("row of %s", setting).isTrue();
      if (setting != Setting.SKYPANEL_URL) {
        assertThat(row.group(1))
            .as("default of %s", setting)
            .contains(documented.get(setting.key()));
      }
    }
  }
}
