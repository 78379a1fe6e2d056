package io.skypanel.worker.redact;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a URL has before its host.
 *
 * @param user as it stands there, maybe encoded
 * @param password likewise; without it the user name may be a token
 */
record UrlLogin(String user, Optional<String> password) {
  private static final String SCHEME_END = "://";

  private static final Pattern HOST = Pattern.compile("(\\[[^]]*]|[^:]*)(:[0-9]*)?");

  /**
   * Those of all URLs in a text. A password with a slash, which should be encoded, is found too,
   * unless nothing but digits stands before the slash: that is taken for a port. Where it can't be
   * told which {@code @} ends the login, there are two.
   */
  static List<UrlLogin> in(String text) {
    List<UrlLogin> found = new ArrayList<>();
    int at = text.indexOf(SCHEME_END);
    while (at >= 0) {
      int from = at + SCHEME_END.length();
      at = text.indexOf(SCHEME_END, from);
      of(text.substring(from, end(text, from, at < 0 ? text.length() : at))).forEach(found::add);
    }
    return found;
  }

  /** Where a URL's login must have ended. */
  private static int end(String text, int from, int next) {
    int end = from;
    while (end < Math.min(next, from + MaskedStream.USER_INFO_CHARS)
        && !Character.isWhitespace(text.charAt(end))) {
      end++;
    }
    return end;
  }

  private static Stream<UrlLogin> of(String afterScheme) {
    int slash = afterScheme.indexOf('/');
    String authority = slash < 0 ? afterScheme : afterScheme.substring(0, slash);
    int near = authority.lastIndexOf('@');
    int far = isHosts(authority.substring(near + 1)) ? near : afterScheme.lastIndexOf('@');
    return Stream.of(near, far)
        .distinct()
        .filter(at -> at > 0)
        .map(at -> login(afterScheme.substring(0, at)));
  }

  private static UrlLogin login(String userInfo) {
    int colon = userInfo.indexOf(':');
    return colon < 0
        ? new UrlLogin(userInfo, Optional.empty())
        : new UrlLogin(userInfo.substring(0, colon), Optional.of(userInfo.substring(colon + 1)));
  }

  /** Of a database several, with commas between them. */
  private static boolean isHosts(String authority) {
    return Stream.of(authority.split(",")).allMatch(host -> HOST.matcher(host).matches());
  }

  /** Without the values, which may be secret. */
  @Override
  public String toString() {
    return "login of a URL";
  }
}
