package io.skypanel.worker.settings;

import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The proxies that the operator's own network wants, as {@code HTTPS_PROXY} and its like name them
 * in the worker's environment, in capitals or small letters. Immutable; may hold passwords.
 *
 * @param addresses by what is fetched; ssh has none
 * @param excepted hosts that are reached directly, in small letters: a name stands for those below
 *     it too, {@code *} for all
 */
public record Proxies(Map<GitProtocol, ProxyAddress> addresses, List<String> excepted) {
  /** Every host is reached directly. */
  public static final Proxies NONE = new Proxies(Map.of(), List.of());

  private static final String ALL = "*";

  public Proxies {
    addresses = Map.copyOf(addresses);
    excepted = List.copyOf(excepted);
  }

  /**
   * Notes what can't be read as a problem, and a kind of proxy that git can't be led by as a
   * warning: maybe nothing is fetched that way. Shows neither: they may hold a password.
   */
  static Proxies read(SettingsReader in, Set<GitProtocol> protocols) {
    List<String> excepted = excepted(in);
    Map<GitProtocol, ProxyAddress> addresses = new EnumMap<>(GitProtocol.class);
    for (GitProtocol protocol : protocols) {
      if (protocol != GitProtocol.SSH) {
        Stream.of(protocol.scheme() + "_proxy", "all_proxy")
            .flatMap(name -> Stream.of(name, name.toUpperCase(Locale.ROOT)))
            .filter(name -> !in.variable(name).isEmpty())
            .findFirst()
            .flatMap(name -> address(in, name, !excepted.contains(ALL)))
            .ifPresent(address -> addresses.put(protocol, address));
      }
    }
    return new Proxies(addresses, excepted);
  }

  private static List<String> excepted(SettingsReader in) {
    String excepted = in.variable("no_proxy");
    return Stream.of((excepted.isEmpty() ? in.variable("NO_PROXY") : excepted).split(","))
        .map(entry -> entry.strip().toLowerCase(Locale.ROOT).replaceFirst("^\\*?\\.", ""))
        .filter(entry -> !entry.isEmpty())
        .toList();
  }

  private static Optional<ProxyAddress> address(SettingsReader in, String name, boolean isUsed) {
    try {
      ProxyAddress address = ProxyAddress.parse(in.variable(name));
      if (isUsed && !address.isHttp()) {
        in.warn(
            name
                + " names a proxy of the kind "
                + address.scheme()
                + "://, which git can't be led by: what is fetched that way will fail. Name one of"
                + " the form http://host:port, or in NO_PROXY what is reached without");
      }
      return Optional.of(address);
    } catch (IllegalArgumentException e) {
      in.wrong(
          name,
          "must be of the form http://[user:password@]host:port, with what is special in user name"
              + " and password encoded, such as %2F for /");
      return Optional.empty();
    }
  }

  /** The proxy for {@code host}, unless it is reached directly: by ssh always. */
  public Optional<ProxyAddress> find(GitProtocol protocol, String host) {
    String name = host.toLowerCase(Locale.ROOT);
    boolean isExcepted =
        excepted.stream().anyMatch(e -> e.equals(ALL) || name.equals(e) || name.endsWith("." + e));
    return isExcepted ? Optional.empty() : Optional.ofNullable(addresses.get(protocol));
  }

  /** Without the addresses, which may hold a password. */
  @Override
  public String toString() {
    return "proxies for " + addresses.keySet() + ", but not for " + excepted;
  }
}
