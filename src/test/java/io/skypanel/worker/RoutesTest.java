package io.skypanel.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Boots every route file with the worker's own beans; nothing is started or contacted. */
class RoutesTest {
  private static final Path ROUTES = Path.of("routes");

  @TempDir Path folder;
  private Wiring wiring;
  private RouteTrial trial;

  @BeforeEach
  void wire() throws Exception {
    wiring = new Wiring(folder);
    var registry = new org.apache.camel.support.SimpleRegistry();
    wiring.beans.byName().forEach(registry::bind);
    trial = new RouteTrial(registry, wiring.placeholders);
  }

  @AfterEach
  void close() throws IOException {
    wiring.close();
  }

  private static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(ROUTES)) {
      return files.sorted().toList();
    }
  }

  @Test
  void everyFileLoadsAndEveryBeanItNamesIsThere() throws Exception {
    for (Path file : files()) {
      trial.load(file, Files.readString(file));
    }
  }

  @Test
  void theFilesAreThoseThatTheWorkerNeeds() throws Exception {
    assertThat(files().stream().map(RouteFiles::name).collect(Collectors.toSet()))
        .isEqualTo(RouteFiles.OURS);
  }

  @Test
  void everyRouteHasItsFilesNameAndADescription() throws Exception {
    for (Path file : files()) {
      for (RouteDefinition route : definitions(file)) {
        assertThat(route.getRouteId()).isEqualTo(RouteFiles.name(file));
        assertThat(route.getDescriptionText()).as("description of %s", file).isNotBlank();
      }
    }
  }

  @Test
  void everyRouteThatNobodyWaitsForLeavesItsErrorsToOneConfiguration() throws Exception {
    for (Path file : files()) {
      for (RouteDefinition route : definitions(file)) {
        String id = route.getRouteId();
        boolean hasCaller =
            route.getEndpointUrl().startsWith("direct:")
                || Set.of("run-build", "claim-build").contains(id);
        assertThat(route.getRouteConfigurationId())
            .as("routeConfigurationId of %s", id)
            .isEqualTo(hasCaller ? null : "worker-errors");
      }
    }
  }

  @Test
  void everyStepHasAKebabCaseId() throws Exception {
    Pattern step =
        Pattern.compile(
            "^( *)(?:- )(to|bean|filter|choice|split|enrich|setBody|setHeader|setVariable|log|loop"
                + "|removeHeaders|doTry|throwException):$\\n( *)(\\S+): ?(\\S*)",
            Pattern.MULTILINE);
    for (Path file : files()) {
      Matcher matcher = step.matcher(Files.readString(file));
      while (matcher.find()) {
        assertThat(matcher.group(4))
            .as("first key of %s in %s", matcher.group(2), file)
            .isEqualTo("id");
        assertThat(matcher.group(5)).matches("[a-z][a-z0-9]*(-[a-z0-9]+)*");
      }
    }
  }

  @Test
  void aMissingBeanAMisspeltKeyAndBrokenYamlAreFoundBeforeTheyDoHarm() throws Exception {
    Path file = ROUTES.resolve("before-image.camel.yaml");
    String text = Files.readString(file);
    String bean =
        text.replaceAll(
            "(?s)\n {8}- log:.*",
            "\n        - bean:\n            id: x\n            ref: nobody\n            method: y\n");

    assertThatThrownBy(() -> trial.load(file, bean)).hasStackTraceContaining("nobody");
    assertThatThrownBy(() -> trial.load(file, text.replace("description:", "descriptoin:")))
        .hasStackTraceContaining("descriptoin");
    assertThatThrownBy(() -> trial.load(file, text.replace("from:", "from: [")))
        .isInstanceOf(Exception.class);
    assertThatThrownBy(() -> trial.load(file, text.replace("id: before-image\n", "id: other\n")))
        .hasMessageContaining("no route with the id 'before-image'");
  }

  private static List<RouteDefinition> definitions(Path file) throws Exception {
    try (DefaultCamelContext context = new DefaultCamelContext()) {
      PluginHelper.getRoutesLoader(context)
          .loadRoutes(
              ResourceHelper.fromBytes(
                  "file:" + file, Files.readString(file).getBytes(StandardCharsets.UTF_8)));
      return context.getRouteDefinitions();
    }
  }
}
