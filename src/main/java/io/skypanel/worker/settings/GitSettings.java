package io.skypanel.worker.settings;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What repositories, their submodules and LFS files may be fetched from, and with whose right.
 *
 * @param protocols by what
 * @param hosts from where
 * @param deniedAddresses addresses that no host may have, link-local and metadata ones always among
 *     them
 * @param knownHosts the operator's file of ssh host keys, beside those that are shipped
 * @param credentials the operator's; secrets
 * @param proxies by way of which
 */
public record GitSettings(
    Set<GitProtocol> protocols,
    List<HostPattern> hosts,
    List<IpNetwork> deniedAddresses,
    Optional<Path> knownHosts,
    GitCredentials credentials,
    Proxies proxies) {

  /**
   * What is never fetched from: metadata services, and what is no host's address at all ("this
   * host", multicast, broadcast).
   */
  static final List<IpNetwork> NEVER =
      Stream.concat(
              IpNetwork.METADATA.stream(),
              IpNetwork.all("0.0.0.0/8", "::", "224.0.0.0/4", "ff00::/8", "255.255.255.255")
                  .stream())
          .toList();

  /** Where every setting has its default. */
  public static final GitSettings DEFAULT =
      new GitSettings(
          EnumSet.allOf(GitProtocol.class),
          List.of(new HostPattern("*")),
          List.of(),
          Optional.empty(),
          GitCredentials.NONE,
          Proxies.NONE);

  public GitSettings {
    protocols = Set.copyOf(protocols);
    hosts = List.copyOf(hosts);
    deniedAddresses = Stream.concat(NEVER.stream(), deniedAddresses.stream()).distinct().toList();
  }
}
