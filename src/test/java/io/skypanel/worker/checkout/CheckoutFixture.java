package io.skypanel.worker.checkout;

import io.skypanel.worker.egress.Resolver;
import io.skypanel.worker.job.Build;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.Checkout;
import io.skypanel.worker.job.GitSource;
import io.skypanel.worker.job.StopSignal;
import io.skypanel.worker.process.ProcessGroupRunner;
import io.skypanel.worker.settings.GitSettings;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/** Checks out into a workspace, and keeps what was run and said. */
public final class CheckoutFixture {
  private final Set<Integer> ownPorts = new HashSet<>();
  private final Path workspace;
  private final Said said = new Said();
  private final List<String> arguments = new CopyOnWriteArrayList<>();

  public CheckoutFixture(Path workspace) {
    this.workspace = workspace;
  }

  /** Names below {@code example.test} are this machine; others are what they are. */
  public static List<InetAddress> resolve(String name) throws UnknownHostException {
    return name.endsWith(".example.test")
        ? List.of(InetAddress.getLoopbackAddress())
        : Resolver.SYSTEM.resolve(name);
  }

  public Checkout fetch(String url) throws BuildFailure {
    return fetch(url, GitSettings.DEFAULT);
  }

  /** Has it fetch nothing from these ports of this machine. */
  void close(int... ports) {
    for (int port : ports) {
      ownPorts.add(port);
    }
  }

  public Checkout fetch(String url, GitSettings settings) throws BuildFailure {
    return fetch(url, settings, CheckoutFixture::resolve);
  }

  public Checkout fetch(String url, GitSettings settings, Resolver resolver) throws BuildFailure {
    GitCheckout checkout =
        new GitCheckout(
            (command, directory, environment, output, signal) -> {
              arguments.addAll(command);
              return new ProcessGroupRunner(GitCheckout.MEMORY_GB)
                  .run(command, directory, environment, output, signal);
            },
            settings,
            System.getenv(),
            resolver,
            ownPorts,
            KeptCheckouts.NONE);
    BuildJob job =
        new BuildJob(
            "d1",
            "a1",
            "app",
            Optional.empty(),
            Optional.empty(),
            new GitSource(url, "main", Optional.empty()),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Map.of(),
            Map.of());
    return checkout.fetch(new Build(job, workspace, said, new StopSignal()));
  }

  /** What the customer saw. */
  public List<String> said() {
    return said.all();
  }

  /** The arguments of every program that was run. */
  public List<String> arguments() {
    return arguments;
  }
}
