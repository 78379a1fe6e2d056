package io.skypanel.worker.ingress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.skypanel.worker.TestPorts;
import io.skypanel.worker.ingress.Ingress.Site;
import io.skypanel.worker.ingress.Ingress.Unavailable;
import io.skypanel.worker.settings.DeploySettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CaddyIngressIT {
  /** An operator's own site on the same port, with a number that is not to be rounded. */
  private static final String FOREIGN =
      """
      {"http": {"grace_period": 1.50e9, "servers": {"mine": {
        "listen": [":PORT"],
        "automatic_https": {"disable": true},
        "routes": [
          {"match": [{"host": ["mine.localhost"]}],
           "handle": [{"handler": "subroute", "routes": [
             {"match": [{"host": ["inner.localhost"], "path": ["/<&>"]}],
              "handle": [{"handler": "static_response", "body": "inner"}]},
             {"handle": [{"handler": "static_response", "body": "mine"}]}]}]},
          {"handle": [{"handler": "static_response", "status_code": 404}]}]}}}}
      """;

  @TempDir Path folder;

  private Caddy caddy;
  private Backend blue;
  private Backend green;
  private final Visitor visitor = new Visitor();

  @BeforeEach
  void start() throws IOException {
    caddy = Caddy.start(folder.resolve("caddy"));
    blue = new Backend("blue");
    green = new Backend("green");
  }

  @AfterEach
  void stop() throws IOException {
    visitor.close();
    caddy.close();
    blue.close();
    green.close();
  }

  @Test
  void aCaddyWithoutAnyConfigurationServesANewSite() throws Exception {
    ingress().serve(site("shop", blue.port()));

    assertThat(visitor.get(url("shop"))).isEqualTo(new Visitor.Page(200, "blue"));
    assertThat(visitor.get(url("other")).body()).isEmpty();
    assertThat(caddy.config().at("/apps/http/servers").size()).isEqualTo(1);
  }

  @Test
  void aSwapChangesNothingInTheConfiguration() throws Exception {
    Ingress ingress = ingress();
    ingress.serve(site("shop", blue.port()));
    JsonNode before = caddy.config();
    long writes = caddy.writes();

    ingress.serve(site("shop", green.port()));
    assertThat(visitor.get(url("shop")).body()).isEqualTo("green");
    ingress.serve(site("shop", blue.port()));
    assertThat(visitor.get(url("shop")).body()).isEqualTo("blue");
    ingress().align(List.of(site("shop", green.port())));
    assertThat(visitor.get(url("shop")).body()).isEqualTo("green");

    assertThat(caddy.config()).isEqualTo(before);
    assertThat(caddy.writes()).isEqualTo(writes);
  }

  @Test
  void aStoppedAppSaysSoUntilItIsServedAgain() throws Exception {
    Ingress ingress = ingress();
    ingress.serve(site("shop", blue.port()));

    ingress.serve(stopped("shop"));
    assertThat(visitor.get(url("shop"))).isEqualTo(new Visitor.Page(503, "This app is stopped\n"));
    ingress.serve(site("shop", green.port()));
    assertThat(visitor.get(url("shop")).body()).isEqualTo("green");
  }

  @Test
  void aServerThatListensThereAlreadyIsSharedAndKeepsItsRoutes() throws Exception {
    caddy.load(FOREIGN);
    JsonNode before = caddy.config();
    Ingress ingress = ingress();

    ingress.align(List.of(site("shop", blue.port()), site("blog", green.port())));

    assertThat(visitor.get(url("shop")).body()).isEqualTo("blue");
    assertThat(visitor.get(url("blog")).body()).isEqualTo("green");
    assertThat(visitor.get(url("mine")).body()).isEqualTo("mine");
    assertThat(caddy.config().at("/apps/http/servers").size()).isEqualTo(1);

    ingress.align(List.of());
    assertThat(caddy.config().toString()).isEqualTo(before.toString());
    assertThat(folder.resolve("ingress")).isEmptyDirectory();
  }

  @Test
  void aPlainServerOfAnothersIsNotTurnedToHttps() {
    caddy.load("{\"http\": {\"servers\": {\"mine\": {\"listen\": [\":PORT\"]}}}}");

    assertThatThrownBy(() -> ingress().serve(site("shop", blue.port())))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("INGRESS_LISTEN");
    assertThat(folder.resolve("ingress/shop")).isEmptyDirectory();
  }

  @Test
  void aCaddyThatHasForgottenEverythingIsPutRight() throws Exception {
    Ingress ingress = ingress();
    ingress.serve(site("shop", blue.port()));
    caddy.restart();

    ingress.align(List.of(site("shop", blue.port())));

    assertThat(visitor.get(url("shop")).body()).isEqualTo("blue");
  }

  @Test
  void ofRemovedChangedAndDoubledRoutesEachComesBackOnce() throws Exception {
    List<Site> sites =
        List.of(
            site("removed", blue.port()),
            site("changed", blue.port()),
            site("doubled", blue.port()));
    Ingress ingress = ingress();
    ingress.align(sites);
    JsonNode routes = caddy.config().at("/apps/http/servers/skypanel/routes");
    String changed = routes.get(1).toString().replace("changed.localhost", "stolen.localhost");
    caddy.write(
        "PATCH",
        "/config/apps/http/servers/skypanel/routes",
        "[" + changed + "," + routes.get(2) + "," + routes.get(2) + "]");
    long writes = caddy.writes();

    ingress.align(sites);

    assertThat(caddy.writes()).isEqualTo(writes + 1);
    assertThat(caddy.config().at("/apps/http/servers/skypanel/routes"))
        .containsExactlyInAnyOrderElementsOf(routes);
  }

  @Test
  void theRoutesOfAnotherWorkerAreForeign() throws Exception {
    ingress().serve(site("shop", blue.port()));
    Ingress other = new CaddyIngress(settings(folder.resolve("other")), "worker-2");
    other.serve(site("blog", green.port()));

    ingress().align(List.of());

    assertThat(visitor.get(url("blog")).body()).isEqualTo("green");
    assertThat(visitor.get(url("shop")).body()).isEmpty();
    assertThat(folder.resolve("ingress/shop")).doesNotExist();
  }

  @Test
  void anotherPortTakesTheRoutesAlong() throws Exception {
    ingress().serve(site("shop", blue.port()));
    Ingress moved = at(":" + TestPorts.free(), false);

    moved.align(List.of(site("shop", blue.port())));

    assertThat(visitor.get(moved.url("shop.localhost")).body()).isEqualTo("blue");
    assertThat(caddy.config().at("/apps/http/servers").size()).isEqualTo(1);
  }

  @Test
  void aHostIsTakenByAnyRouteButTheAppsOwn() throws Exception {
    caddy.load(FOREIGN);
    Ingress ingress = ingress();
    ingress.serve(site("shop", blue.port()));

    assertThat(ingress.isTaken("mine.localhost", "shop")).isTrue();
    assertThat(ingress.isTaken("INNER.localhost", "shop")).isTrue();
    assertThat(ingress.isTaken("shop.localhost", "blog")).isTrue();
    assertThat(ingress.isTaken("shop.localhost", "shop")).isFalse();
    assertThat(ingress.isTaken("blog.localhost", "shop")).isFalse();
  }

  @Test
  void foldersWithCaddysOwnSignsInTheirNamesAreNoTrap() throws Exception {
    Path odd = folder.resolve("a [b]*?{http.request.host} \\c");
    new CaddyIngress(settings(odd), "worker-1").serve(site("shop", blue.port()));

    assertThat(visitor.get(url("shop")).body()).isEqualTo("blue");
  }

  @Test
  void everybodyMayLookIntoTheMarkersFolder() throws Exception {
    Process process =
        new ProcessBuilder(
                "sh",
                "-c",
                "umask 0077 && exec \"$@\"",
                "sh",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Program.class.getName(),
                folder.resolve("ingress").toString())
            .inheritIO()
            .start();
    assertThat(process.waitFor()).isZero();

    assertThat(permissions("ingress")).isEqualTo("rwxr-xr-x");
    assertThat(permissions("ingress/shop")).isEqualTo("rwxr-xr-x");
    assertThat(permissions("ingress/shop/20000")).isEqualTo("rw-r--r--");
    assertThat(permissions("ingress/blog/stopped")).isEqualTo("rw-r--r--");
  }

  /** Writes markers in a process with a umask of its own. */
  static final class Program {
    public static void main(String[] args) throws IOException {
      Markers markers = new Markers(Path.of(args[0]));
      markers.set(new Site("shop", List.of(), 20000, 20001, OptionalInt.of(20000)));
      markers.set(new Site("blog", List.of(), 20002, 20003, OptionalInt.empty()));
    }
  }

  @Test
  void whatCaddyRefusesIsToldAndChangesNothing() throws Exception {
    Ingress ingress = ingress();
    ingress.serve(site("shop", blue.port()));
    Ingress onTakenPort = at("127.0.0.1:" + green.port(), false);

    assertThatThrownBy(() -> onTakenPort.serve(site("shop", green.port())))
        .isInstanceOf(Unavailable.class)
        .hasMessageStartingWith("Caddy at CADDY_ADMIN_URL " + caddy.adminUrl() + " said 500: ")
        .hasMessageContaining("address already in use");
    assertThat(visitor.get(url("shop")).body()).isEqualTo("blue");
  }

  @Test
  void aCaddyThatIsAwayIsToldAndTheOldVersionStaysWhereItIs() throws Exception {
    Ingress ingress = ingress();
    ingress.serve(site("shop", blue.port()));
    caddy.close();

    assertThatThrownBy(() -> ingress.serve(site("shop", green.port())))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("CADDY_ADMIN_URL " + caddy.adminUrl() + " can't be reached");
    caddy.restart();
    ingress.serve(site("blog", blue.port()));
    assertThat(folder.resolve("ingress/shop/" + blue.port())).exists();
  }

  @Test
  void theAddressNamesThePortUnlessItIsTheUsualOne() {
    assertThat(ingress().url("shop.localhost")).isEqualTo(url("shop"));
    assertThat(at(":443", true).url("a.example.com")).isEqualTo("https://a.example.com");
    assertThat(at("10.0.0.1:80", false).url("a.example.com")).isEqualTo("http://a.example.com");
    assertThat(at(":80", true).url("a.example.com")).isEqualTo("https://a.example.com:80");
  }

  private Ingress at(String listen, boolean tls) {
    return new CaddyIngress(
        new DeploySettings.Ingress(
            caddy.adminUrl(), listen, tls, "localhost", folder.resolve("ingress")),
        "worker-1");
  }

  private Ingress ingress() {
    return at(":" + caddy.port(), false);
  }

  private DeploySettings.Ingress settings(Path directory) {
    return new DeploySettings.Ingress(
        caddy.adminUrl(), ":" + caddy.port(), false, "localhost", directory);
  }

  private Site site(String app, int live) {
    return new Site(
        app, List.of(app + ".localhost"), blue.port(), green.port(), OptionalInt.of(live));
  }

  private Site stopped(String app) {
    return new Site(
        app, List.of(app + ".localhost"), blue.port(), green.port(), OptionalInt.empty());
  }

  private String url(String app) {
    return "http://" + app + ".localhost:" + caddy.port();
  }

  private String permissions(String path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(path)));
  }
}
