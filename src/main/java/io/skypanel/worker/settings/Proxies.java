package io.skypanel.worker.settings;

import static io.skypanel.worker.settings.SettingsReader.require;

import java.net.URI;
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
 * @param addresses each {@code http://[user:password@]host[:port]}; ssh has none
 * @param excepted hosts that are reached directly, in small letters: a name stands for those below
 *     it too, {@code *} for all
 */
public record Proxies(Map<GitProtocol, URI> addresses, List<String> excepted) {
  /** Every host is reached directly. */
  public static final Proxies NONE = new Proxies(Map.of(), List.of());

  public Proxies {
    addresses = Map.copyOf(addresses);
    excepted = List.copyOf(excepted);
  }

  /** Notes what can't be read as a problem, without showing it: it may hold a password. */
  static Proxies read(SettingsReader in, Set<GitProtocol> protocols) {
    Map<GitProtocol, URI> addresses = new EnumMap<>(GitProtocol.class);
    for (GitProtocol protocol : protocols) {
      if (protocol != GitProtocol.SSH) {
        Stream.of(protocol.scheme() + "_proxy", "all_proxy")
            .flatMap(name -> Stream.of(name, name.toUpperCase(Locale.ROOT)))
            .filter(name -> !in.variable(name).isEmpty())
            .findFirst()
            .flatMap(name -> read(in, name))
            .ifPresent(address -> addresses.put(protocol, address));
      }
    }
    String excepted = in.variable("no_proxy");
    return new Proxies(
        addresses,
        Stream.of((excepted.isEmpty() ? in.variable("NO_PROXY") : excepted).split(","))
            .map(entry -> entry.strip().toLowerCase(Locale.ROOT).replaceFirst("^\\*?\\.", ""))
            .filter(entry -> !entry.isEmpty())
            .toList());
  }

  private static Optional<URI> read(SettingsReader in, String name) {
    String value = in.variable(name);
    try {
      URI address = URI.create(value.contains("://") ? value : "http://" + value);
      boolean isProxy =
          "http".equalsIgnoreCase(address.getScheme())
              && address.getHost() != null
              && address.getPort() <= 65535
              && address.getPath().matches("/?");
      return Optional.of(require(isProxy, address));
    } catch (IllegalArgumentException e) {
      in.wrong(
          name,
          "must be of the form http://[user:password@]host:port, with what is special in user name"
              + " and password encoded, such as %2F for /");
      return Optional.empty();
    }
  }

  /** The proxy for {@code host}, unless it is reached directly: by ssh always. */
  public Optional<URI> find(GitProtocol protocol, String host) {
    String name = host.toLowerCase(Locale.ROOT);
    boolean isExcepted =
        excepted.stream().anyMatch(e -> e.equals("*") || name.equals(e) || name.endsWith("." + e));
    return isExcepted ? Optional.empty() : Optional.ofNullable(addresses.get(protocol));
  }

  /** Without the addresses, which may hold a password. */
  @Override
  public String toString() {
    return "proxies for " + addresses.keySet() + ", but not for " + excepted;
  }
}
