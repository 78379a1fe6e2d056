package io.skypanel.worker.settings;

import static io.skypanel.worker.settings.SettingsReader.require;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a proxy is: {@code [scheme://][user:password@]host[:port]}. Immutable; may hold a password.
 *
 * @param scheme in small letters; {@code http} if none is named
 * @param host a name, which may have underscores as containers' names do, or an address, that of
 *     IPv6 without its brackets
 * @param port 80 if none is named
 * @param login user name and password, with {@code :} between them, decoded
 */
public record ProxyAddress(String scheme, String host, int port, Optional<String> login) {
  private static final Pattern FORM =
      Pattern.compile(
          "(?:(?<scheme>[A-Za-z][A-Za-z0-9+.-]*)://)?(?:(?<login>[^/?#\\s\\p{Cntrl}]*)@)?"
              + "(?<host>[A-Za-z0-9_][A-Za-z0-9_.-]*|\\[[0-9A-Fa-f:.]+])(?::(?<port>[0-9]{1,5}))?/?");

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException if it can't be read; its message may hold the password
   */
  static ProxyAddress parse(String text) {
    Matcher form = FORM.matcher(text);
    require(form.matches(), text);
    int port = form.group("port") == null ? 80 : Integer.parseInt(form.group("port"));
    return new ProxyAddress(
        Optional.ofNullable(form.group("scheme")).orElse("http").toLowerCase(Locale.ROOT),
        form.group("host").replaceAll("[\\[\\]]", ""),
        require(port <= 65535, port),
        Optional.ofNullable(form.group("login")).map(ProxyAddress::decode));
  }

  private static String decode(String login) {
    return URLDecoder.decode(login.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /** Whether it speaks HTTP in the clear, which is the one kind that git is led by. */
  public boolean isHttp() {
    return scheme.equals("http");
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "proxy " + scheme + "://" + host + ":" + port;
  }
}
