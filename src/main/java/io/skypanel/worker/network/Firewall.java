package io.skypanel.worker.network;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.Network;
import io.skypanel.worker.engine.EngineMessage;
import io.skypanel.worker.network.FirewallRules.Version;
import io.skypanel.worker.process.ProgramRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes the host's own ports, published ports and the metadata address to apps and builds, on this
 * machine's own packet filter. All workers of a machine have the same rules, so that they may write
 * them in turn. Thread-safe.
 */
public final class Firewall {
  private static final Logger log = LoggerFactory.getLogger(Firewall.class);

  /** The second is what the engine reads where the first names systemd's own resolver. */
  private static final List<Path> RESOLVERS =
      List.of(Path.of("/etc/resolv.conf"), Path.of("/run/systemd/resolve/resolv.conf"));

  private static final Pattern RESOLVER =
      Pattern.compile("(?m)^\\s*nameserver\\s+(?!127\\.)(\\d{1,3}(?:\\.\\d{1,3}){3})\\s*$");

  private static final Duration BETWEEN_TRIES = Duration.ofSeconds(1);
  private static final Duration KEEP_LIMIT = Duration.ofSeconds(10);
  private static final Path IPV6 = Path.of("/proc/net/if_inet6");
  private static final String BRIDGE_NAME = "com.docker.network.bridge.name";

  private final boolean wanted;
  private final DockerClient docker;
  private final Iptables iptables;
  private volatile String state;

  /**
   * Nothing is written before {@link #raise}.
   *
   * @param wanted {@code APP_FIREWALL}
   * @param docker the engine of this machine
   */
  public Firewall(boolean wanted, DockerClient docker, ProgramRunner programs) {
    this.wanted = wanted;
    this.docker = docker;
    this.iptables = new Iptables(programs);
    this.state = wanted ? "not up yet" : "off";
  }

  /** It can't be had here; the message says why, and the way out. */
  public static class Unusable extends Exception {
    private static final long serialVersionUID = 1L;

    Unusable(String message) {
      super(message);
    }
  }

  /** It can't be had now, though it may be later. */
  public static final class Busy extends Unusable {
    private static final long serialVersionUID = 1L;

    Busy(String message) {
      super(message);
    }
  }

  /** {@code on}, {@code off}, or why it is neither. */
  public String state() {
    return state;
  }

  /**
   * Writes the rules, if they are wanted. Those of an earlier call are replaced at once as a whole.
   * While another program writes the packet filter, it tries again.
   *
   * @param limit how long it tries
   * @param goOn false ends that early
   * @throws Busy if that did not help
   * @throws Unusable if it is something else
   */
  public void raise(Duration limit, BooleanSupplier goOn) throws Unusable, InterruptedException {
    long giveUp = System.nanoTime() + limit.toNanos();
    boolean told = false;
    while (wanted) {
      try {
        write();
        return;
      } catch (Iptables.Busy e) {
        if (System.nanoTime() - giveUp >= 0 || !goOn.getAsBoolean()) {
          state = "failing: " + e.getMessage();
          throw new Busy(
              "APP_FIREWALL is true, but another program holds the packet filter ("
                  + e.getMessage()
                  + "): see which ('fuser -v /run/xtables.lock', 'ps ax | grep tables') and let it"
                  + " end");
        }
        if (!told) {
          log.warn("The firewall waits: {}. Trying for {} s.", e.getMessage(), limit.toSeconds());
          told = true;
        }
        Thread.sleep(BETWEEN_TRIES.toMillis());
      } catch (Iptables.Refused e) {
        throw new Unusable(
            "APP_FIREWALL is true, but "
                + e.getMessage()
                + "; it needs root on the host, or its network with CAP_NET_ADMIN and CAP_NET_RAW"
                + " (docs/skypanel-worker-firewall.conf), iptables, and an engine on this machine"
                + " that has the chain DOCKER-USER. Provide these, or set it to false");
      } catch (RuntimeException e) {
        throw new Unusable(
            "APP_FIREWALL is true, but the engine does not say what its default bridge is: "
                + EngineMessage.of(e));
      }
    }
  }

  private synchronized void write() throws Iptables.Refused {
    try {
      List<String> bridges = bridges();
      write(new FirewallRules(Version.IPV4, bridges, resolvers()));
      if (Files.exists(IPV6)) {
        write(new FirewallRules(Version.IPV6, bridges, List.of()));
      }
      state = "on";
    } catch (Iptables.Busy e) {
      throw e; // what was written before stands, and it may work in a moment
    } catch (Iptables.Refused e) {
      state = "failing: " + e.getMessage();
      throw e;
    } catch (RuntimeException e) {
      state = "failing: " + EngineMessage.of(e);
      throw e;
    }
  }

  /** The step of the route {@code keep-apps}: whoever loads other rules takes these away. */
  public void keep() {
    String before = state;
    try {
      raise(KEEP_LIMIT, () -> true);
      if (before.startsWith("failing")) {
        log.info("The firewall is up again");
      }
    } catch (Unusable e) {
      if (!before.equals(state)) {
        log.error("The firewall may be down: {}; trying again", e.getMessage());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Takes the rules of all workers of this machine away; without any, nothing happens. */
  public static void remove(ProgramRunner programs) throws Unusable {
    Iptables iptables = new Iptables(programs);
    for (Version version : Version.values()) {
      if (version == Version.IPV4 || Files.exists(IPV6)) {
        try {
          List<String> forward = List.of();
          try {
            forward = iptables.chain(version, version.forward);
          } catch (Iptables.Refused noEngine) {
            log.debug("There is no chain {}: {}", version.forward, noEngine.getMessage());
          }
          List<String> input = iptables.chain(version, "INPUT");
          iptables.restore(version, FirewallRules.removal(version, input, forward));
        } catch (Iptables.Refused e) {
          throw new Unusable("The rules can't be removed: " + e.getMessage());
        }
      }
    }
  }

  private void write(FirewallRules rules) throws Iptables.Refused {
    Version version = rules.version();
    List<String> input = iptables.chain(version, "INPUT");
    List<String> forward = iptables.chain(version, version.forward);
    iptables.restore(version, rules.text(input, forward));
  }

  /** Apps' own, and the engine's default bridge, where builds run. */
  private List<String> bridges() {
    List<String> bridges = new ArrayList<>(List.of(AppNetwork.BRIDGE_PREFIX + "+"));
    docker.listNetworksCmd().withNameFilter("bridge").exec().stream()
        .filter(network -> network.getName().equals("bridge"))
        .map(Firewall::interfaceOf)
        .forEach(bridges::add);
    return bridges;
  }

  private static String interfaceOf(Network bridge) {
    String name = bridge.getOptions() == null ? null : bridge.getOptions().get(BRIDGE_NAME);
    return name == null ? "docker0" : name;
  }

  private static List<String> resolvers() {
    Set<String> found = new LinkedHashSet<>();
    for (Path file : RESOLVERS) {
      try {
        Matcher lines = RESOLVER.matcher(Files.readString(file));
        while (lines.find()) {
          found.add(lines.group(1));
        }
      } catch (IOException absent) {
        // the other one, or none
      }
    }
    return List.copyOf(found);
  }
}
