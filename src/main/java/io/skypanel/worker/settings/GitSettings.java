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
 */
public record GitSettings(
    Set<GitProtocol> protocols,
    List<HostPattern> hosts,
    List<IpNetwork> deniedAddresses,
    Optional<Path> knownHosts,
    GitCredentials credentials) {

  /**
   * What is never fetched from. Link-local addresses, among them the metadata service of AWS, Azure
   * and GCP (169.254.169.254); the other addresses of such services: AWS (fd00:ec2::254), GCP
   * (fd20:ce::254), Alibaba (100.100.100.200), Oracle (192.0.0.192), Azure's host (168.63.129.16);
   * and what is no host's address at all: "this host", multicast, broadcast.
   */
  static final List<IpNetwork> NEVER =
      IpNetwork.all(
          "169.254.0.0/16",
          "fe80::/10",
          "fd00:ec2::/32",
          "fd20:ce::254",
          "100.100.100.200",
          "192.0.0.192",
          "168.63.129.16",
          "0.0.0.0/8",
          "::",
          "224.0.0.0/4",
          "ff00::/8",
          "255.255.255.255");

  /** Where every setting has its default. */
  public static final GitSettings DEFAULT =
      new GitSettings(
          EnumSet.allOf(GitProtocol.class),
          List.of(new HostPattern("*")),
          List.of(),
          Optional.empty(),
          GitCredentials.NONE);

  public GitSettings {
    protocols = Set.copyOf(protocols);
    hosts = List.copyOf(hosts);
    deniedAddresses = Stream.concat(NEVER.stream(), deniedAddresses.stream()).distinct().toList();
  }
}
