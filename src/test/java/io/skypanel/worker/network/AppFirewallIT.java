package io.skypanel.worker.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import com.sun.net.httpserver.HttpServer;
import io.skypanel.worker.apps.EngineBench;
import io.skypanel.worker.engine.DockerEngine;
import io.skypanel.worker.job.Labels;
import io.skypanel.worker.process.ProcessGroupRunner;
import io.skypanel.worker.process.ProgramRunner;
import io.skypanel.worker.sandbox.BusyboxImage;
import io.skypanel.worker.settings.AppIsolation.Networks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * What apps and builds reach, with the firewall and without. A network namespace beside this
 * machine stands for the internet and for a cloud's metadata service.
 */
@Isolated("changes this machine's firewall")
class AppFirewallIT {
  private static final String OUTSIDE = "198.51.100.2";
  private static final String HOST = "198.51.100.1";

  /** Of Amazon's container credentials; behind a router as the metadata service itself is. */
  private static final String METADATA_BEYOND = "169.254.170.2";

  private static final String METADATA_HERE = "169.254.169.254";
  private static final int WEB = 8080;
  private static final int PUBLISHED = 31490;
  private static final int REWRITTEN = 31491;
  private static final String REWRITTEN_PORT =
      "-d "
          + HOST
          + " -p tcp --dport "
          + REWRITTEN
          + " -j DNAT --to-destination "
          + OUTSIDE
          + ":"
          + WEB;

  @TempDir Path folder;
  private final List<Process> processes = new ArrayList<>();
  private EngineBench bench;
  private AppNetworks networks;
  private Firewall firewall;
  private HttpServer host;
  private HttpServer metadata;
  private String app;
  private String neighbour;
  private String stranger;

  @BeforeEach
  void start() throws Exception {
    bench = new EngineBench(folder);
    networks = bench.networks(bench.settings(Map.of()));
    firewall = firewall(bench.engine);
    buildTheWorld();
    host = serve("0.0.0.0", "the host");
    metadata = serve(METADATA_HERE, "metadata of this host");
    app = web("acme", "app", Optional.empty());
    neighbour = web("acme", "neighbour", Optional.empty());
    stranger = web("other", "stranger", Optional.of(PUBLISHED));
  }

  private static void raise(Firewall firewall) throws Exception {
    firewall.raise(Duration.ofSeconds(20), () -> true);
  }

  private static Firewall firewall(DockerEngine engine) {
    return new Firewall(true, engine.client(), new ProcessGroupRunner());
  }

  /** An interface to a namespace in which a server has an ordinary and a link-local address. */
  private void buildTheWorld() throws Exception {
    run("ip netns add sky-world");
    run("ip link add skyw0 type veth peer name skyw1 netns sky-world");
    run("ip addr add " + HOST + "/24 dev skyw0");
    run("ip addr add 169.254.170.1/24 dev skyw0");
    run("ip link set skyw0 up");
    run("ip -n sky-world addr add " + OUTSIDE + "/24 dev skyw1");
    run("ip -n sky-world addr add " + METADATA_BEYOND + "/24 dev skyw1");
    run("ip -n sky-world link set skyw1 up");
    run("ip -n sky-world link set lo up");
    // as an engine without docker-proxy publishes a port
    run("iptables -t nat -I PREROUTING " + REWRITTEN_PORT);
    run("ip addr add " + METADATA_HERE + "/32 dev lo");
    Path page = Files.createDirectory(folder.resolve("world"));
    Files.writeString(page.resolve("index.html"), "the world\n");
    processes.add(
        new ProcessBuilder(
                ("ip netns exec sky-world busybox httpd -f -p " + WEB + " -h " + page).split(" "))
            .inheritIO()
            .start());
    await().ignoreExceptions().untilAsserted(() -> assertThat(get(OUTSIDE, WEB)).contains("world"));
  }

  @AfterEach
  void stop() throws Exception {
    Firewall.remove(new ProcessGroupRunner());
    processes.forEach(Process::destroyForcibly);
    host.stop(0);
    metadata.stop(0);
    run("iptables -t nat -D PREROUTING " + REWRITTEN_PORT);
    run("ip addr del " + METADATA_HERE + "/32 dev lo");
    run("ip link del skyw0");
    run("ip netns del sky-world");
    bench.close();
  }

  @Test
  void anAppReachesNeitherTheHostNorTheMetadataNorAStrangersPort() throws Exception {
    Map<String, String> before = reached(app);
    assertThat(before).containsAllEntriesOf(OPEN).containsEntry("stranger's container", "nothing");

    raise(firewall);

    assertThat(firewall.state()).isEqualTo("on");
    assertThat(reached(app)).isEqualTo(closed());
  }

  @Test
  void anAppOnTheEnginesDefaultBridgeReachesNoMore() throws Exception {
    String onDefault =
        bench.container(BusyboxImage.NAME, "bench-default-" + bench.workerId, Map.of());
    assertThat(reached(onDefault)).containsAllEntriesOf(OPEN);

    raise(firewall);

    Map<String, String> closed = closed();
    closed.put("neighbour's container", "nothing");
    assertThat(reached(onDefault)).isEqualTo(closed);
  }

  @Test
  void aRunOfTheClassicBuilderReachesNoMoreThanAnApp() throws Exception {
    assertThat(reachedByClassicBuild()).containsAllEntriesOf(OPEN);

    raise(firewall);

    Map<String, String> closed = closed();
    closed.put("neighbour's container", "nothing");
    assertThat(reachedByClassicBuild()).isEqualTo(closed);
  }

  @Test
  void aRunOfBuildKitReachesNoMoreThanAnApp() throws Exception {
    assertThat(reachedByBuildKit()).containsAllEntriesOf(OPEN);

    raise(firewall);

    Map<String, String> closed = closed();
    closed.put("neighbour's container", "nothing");
    assertThat(reachedByBuildKit()).isEqualTo(closed);
  }

  @Test
  void whatReachesAppsStillDoesAndTheyAreFoundByName() throws Exception {
    raise(firewall);

    String fetching = EngineBench.fetching(HOST, PUBLISHED).replace("nc ", "busybox nc ");
    assertThat(get(bench.address(app), WEB)).contains("app");
    assertThat(get(HOST, PUBLISHED)).contains("stranger");
    assertThat(run("ip netns exec sky-world sh -c @", fetching)).contains("stranger");
    assertThat(bench.fetch(app, "neighbour", WEB)).contains("neighbour");
  }

  @Test
  void twoWorkersShareTheRulesAndPutThemBackWhereTheyWere() throws Exception {
    raise(firewall);
    List<String> once = rules();
    try (DockerEngine second = new DockerEngine(bench.endpoint)) {
      raise(firewall(second));
      firewall.keep();
      assertThat(rules()).isEqualTo(once);
    }
    // as a firewall of the host's own does when it is loaded anew
    run("iptables -D INPUT -j SKYPANEL-INPUT");
    run("iptables -F DOCKER-USER");
    run("iptables -A DOCKER-USER -j RETURN");
    run("iptables -F SKYPANEL-TO-HOST");
    assertThat(reached(app)).containsAllEntriesOf(OPEN);

    firewall.keep();

    assertThat(rules()).isEqualTo(once);
    assertThat(reached(app)).isEqualTo(closed());
  }

  @Test
  void removedTheyLeaveNothing() throws Exception {
    List<String> before = rules();
    raise(firewall);
    assertThat(rules()).isNotEqualTo(before);

    Firewall.remove(new ProcessGroupRunner());

    assertThat(rules()).isEqualTo(before);
    assertThat(run("ip6tables -S")).doesNotContain("SKYPANEL");
    Firewall.remove(new ProcessGroupRunner());
  }

  @Test
  void anOrdinaryUserWithTheCapabilitiesOfTheDropInRaisesItAndNoOther() throws Exception {
    String dropIn = Files.readString(Path.of("docs/skypanel-worker-firewall.conf"));
    Matcher given = Pattern.compile("(?m)^AmbientCapabilities=(.+)$").matcher(dropIn);
    assertThat(given.find()).isTrue();
    String capabilities =
        Stream.of(given.group(1).split(" "))
            .map(name -> ",+" + name.toLowerCase(Locale.ROOT).replaceFirst("^cap_", ""))
            .collect(Collectors.joining());

    assertThatThrownBy(() -> raise(new Firewall(true, bench.docker, asNobody(""))))
        .isInstanceOf(Firewall.Unusable.class)
        .hasMessageContaining("Permission denied");
    raise(new Firewall(true, bench.docker, asNobody(capabilities)));

    assertThat(reached(app)).isEqualTo(closed());
  }

  /** Runs programs as a user that has these capabilities and no others, as systemd starts them. */
  private static ProgramRunner asNobody(String capabilities) {
    String only = "-all" + capabilities;
    List<String> prefix =
        List.of(
            "setpriv",
            "--reuid=nobody",
            "--regid=nogroup",
            "--clear-groups",
            "--no-new-privs",
            "--inh-caps=" + only,
            "--ambient-caps=" + only,
            "--bounding-set=" + only);
    return (command, directory, environment, output, stop) -> {
      Path last = Path.of(command.get(command.size() - 1));
      if (Files.isRegularFile(last)) {
        chown(last, "nobody"); // the rules: the worker would have written them as this user
      }
      List<String> line = Stream.concat(prefix.stream(), command.stream()).toList();
      return new ProcessGroupRunner().run(line, directory, environment, output, stop);
    };
  }

  private static void chown(Path file, String user) {
    try {
      Files.setOwner(
          file, file.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(user));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aMachineThatCantHaveItSaysWhy() {
    Firewall withoutRights =
        new Firewall(
            true,
            bench.docker,
            (command, directory, environment, output, stop) -> {
              output.accept("iptables v1.8.9 (nf_tables): Could not fetch rule set generation id:");
              return 4;
            });

    assertThatThrownBy(() -> raise(withoutRights))
        .isInstanceOf(Firewall.Unusable.class)
        .hasMessageStartingWith("APP_FIREWALL is true, but iptables v1.8.9")
        .hasMessageContaining("it needs root");
    assertThat(withoutRights.state()).startsWith("failing: iptables");
  }

  /** What is reached without a firewall, whoever asks. */
  private static final Map<String, String> OPEN =
      Map.of(
          "host by its gateway", "the host",
          "host by its address", "the host",
          "metadata of this host", "metadata of this host",
          "metadata beyond", "the world",
          "stranger's published port", "stranger",
          "port that is rewritten", "the world",
          "internet", "the world");

  private static Map<String, String> closed() {
    Map<String, String> closed = new LinkedHashMap<>();
    for (String place : OPEN.keySet()) {
      closed.put(place, place.equals("internet") ? "the world" : "nothing");
    }
    closed.put("stranger's container", "nothing");
    closed.put("neighbour's container", "neighbour");
    return closed;
  }

  private record Place(String name, String address, int port) {}

  /** Where everything is, for who has this gateway. */
  private List<Place> places(String gateway) {
    return List.of(
        new Place("host by its gateway", gateway, host.getAddress().getPort()),
        new Place("host by its address", HOST, host.getAddress().getPort()),
        new Place("metadata of this host", METADATA_HERE, metadata.getAddress().getPort()),
        new Place("metadata beyond", METADATA_BEYOND, WEB),
        new Place("stranger's published port", HOST, PUBLISHED),
        new Place("port that is rewritten", HOST, REWRITTEN),
        new Place("stranger's container", bench.address(stranger), WEB),
        new Place("neighbour's container", bench.address(neighbour), WEB),
        new Place("internet", OUTSIDE, WEB));
  }

  /** One command that asks at every place at once, and prints the answers in order. */
  private String asking(List<Place> places) {
    StringBuilder script = new StringBuilder();
    for (int i = 0; i < places.size(); i++) {
      Place place = places.get(i);
      String fetching = EngineBench.fetching(place.address(), place.port());
      script.append("{ ").append(fetching).append("; } > /tmp/").append(i).append(" & ");
    }
    script.append("wait; cd /tmp; ");
    for (int i = 0; i < places.size(); i++) {
      script.append("echo place ").append(i).append("; cat ").append(i).append("; ");
    }
    return script.toString();
  }

  private static Map<String, String> answers(List<Place> places, String output) {
    String[] parts = output.split("place \\d+\\s*");
    Map<String, String> answers = new LinkedHashMap<>();
    for (int i = 0; i < places.size(); i++) {
      String page = parts[i + 1].strip();
      String last = page.substring(page.lastIndexOf('\n') + 1);
      answers.put(places.get(i).name(), page.contains("timed out") ? "nothing" : last);
    }
    return answers;
  }

  private Map<String, String> reached(String container) throws Exception {
    List<Place> places = places(gateway(container));
    return answers(places, bench.in(container, "sh", "-c", asking(places)));
  }

  private Map<String, String> reachedByClassicBuild() throws Exception {
    List<Place> places = places(defaultGateway());
    String image =
        bench.image(
            "bench/" + bench.workerId + ":1",
            Map.of(),
            new ArrayList<>(),
            "RUN { " + asking(places) + " } > /result");
    return answers(places, result(image));
  }

  private Map<String, String> reachedByBuildKit() throws Exception {
    List<Place> places = places(defaultGateway());
    Path context = Files.createTempDirectory(folder, "buildkit");
    Files.writeString(
        context.resolve("Dockerfile"),
        "FROM " + BusyboxImage.NAME + "\nRUN { " + asking(places) + " } > /result\n");
    String tag = "bench/" + bench.workerId + ":buildkit";
    run("docker buildx build -q --no-cache --load -t " + tag + " " + context);
    try {
      return answers(places, result(tag));
    } finally {
      run("docker rm -f bench-result-" + bench.workerId);
      run("docker rmi -f " + tag);
    }
  }

  private String result(String image) throws Exception {
    String name = "bench-result-" + bench.workerId;
    run("docker rm -f " + name);
    return bench.in(bench.container(image, name, Map.of()), "cat", "/result");
  }

  /** The engine's default bridge does not say it by itself. */
  private String defaultGateway() {
    String name = "bench-gateway-" + UUID.randomUUID();
    return gateway(bench.container(BusyboxImage.NAME, name, Map.of()));
  }

  private String gateway(String container) {
    return bench
        .docker
        .inspectContainerCmd(container)
        .exec()
        .getNetworkSettings()
        .getNetworks()
        .values()
        .iterator()
        .next()
        .getGateway();
  }

  private String web(String organization, String name, Optional<Integer> published)
      throws Exception {
    AppNetwork network =
        AppNetwork.of(
                Networks.ORGANIZATION,
                bench.workerId,
                EngineBench.job(name, Optional.of(organization), Map.of()))
            .orElseThrow();
    ExposedPort port = ExposedPort.tcp(WEB);
    HostConfig hostConfig = HostConfig.newHostConfig().withNetworkMode(network.name());
    published.ifPresent(
        p ->
            hostConfig.withPortBindings(
                new PortBinding(Ports.Binding.bindIpAndPort("0.0.0.0", p), port)));
    String id =
        networks.with(
            network,
            () -> {
              CreateContainerCmd command = bench.docker.createContainerCmd(BusyboxImage.NAME);
              return command
                  .withLabels(Map.of(Labels.WORKER, bench.workerId))
                  .withHostConfig(hostConfig)
                  .withExposedPorts(port)
                  .withAliases(name)
                  .withCmd(
                      "sh",
                      "-c",
                      "mkdir /w; echo " + name + " > /w/index.html; httpd -f -p " + WEB + " -h /w")
                  .exec()
                  .getId();
            });
    bench.docker.startContainerCmd(id).exec();
    return id;
  }

  private static HttpServer serve(String address, String page) throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress(address, 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] bytes = page.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    server.start();
    return server;
  }

  private static String get(String host, int port) throws IOException {
    try (Socket socket = new Socket(host, port)) {
      socket.setSoTimeout(5000);
      socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.UTF_8));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static List<String> rules() throws Exception {
    return run("iptables -S")
        .lines()
        .filter(l -> l.contains("SKYPANEL") || l.contains("INPUT") || l.contains("DOCKER-USER"))
        .toList();
  }

  /** Runs a command; {@code @} stands for {@code argument}. */
  private static String run(String command, String... argument) throws Exception {
    List<String> words =
        List.of(command.split(" ")).stream()
            .map(word -> word.equals("@") ? argument[0] : word)
            .collect(Collectors.toList());
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int exitCode = process.waitFor();
    assertThat(exitCode == 0 || command.startsWith("docker rm"))
        .as(command + ": " + output)
        .isTrue();
    return output;
  }
}
