package io.skypanel.worker.checkout;

import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.GitSource;
import io.skypanel.worker.settings.GitCredentials;
import io.skypanel.worker.settings.GitProtocol;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jgit.lib.Repository;

/**
 * A repository as git is told of it: the address, and the credential that never stands in it.
 *
 * @param url without user name and password (an ssh address keeps its user name, which is no
 *     secret); goes to the command line and to {@code .git/config}
 * @param protocol by what it is fetched
 * @param host from where; without the brackets of an IPv6 address
 * @param credential what the address carried, for http and https
 */
record GitRemote(String url, GitProtocol protocol, String host, Optional<Credential> credential) {
  private static final String HOST = "(?<host>[A-Za-z0-9_][A-Za-z0-9_.-]*|\\[[0-9A-Fa-f:.]+])";
  private static final String PORT = "(?::(?<port>[0-9]{1,5}))?";
  private static final Pattern HTTP =
      Pattern.compile(
          "(?i)(?<scheme>https?)://(?:(?<login>[^/?#]*)@)?"
              + HOST
              + PORT
              + "(?<path>(?:[/?#].*)?)");
  private static final String USER = "(?<user>" + GitSource.SSH_USER + ")";
  private static final Pattern SSH =
      Pattern.compile("(?i)ssh://(?:" + USER + "(?::[^/@]*)?@)?" + HOST + PORT + "(?<path>/.*)");
  private static final Pattern SCP =
      Pattern.compile("(?:" + USER + "@)" + HOST + ":(?<path>[^:-].*)");

  /**
   * A user name and password, and the one place they are for.
   *
   * @param scope scheme, host and port, such as {@code https://git.example.com:8443}
   */
  record Credential(String scope, String user, String password) {
    @Override
    public String toString() {
      return "credential for " + scope;
    }
  }

  /**
   * Takes the credential out of the source's URL.
   *
   * @throws BuildFailure.UserFault for a branch name that git does not allow, an address that is
   *     not one of https, http or ssh, or a control character in URL or credential (it would let a
   *     password forge lines of git's credential protocol)
   */
  static GitRemote of(GitSource source) throws BuildFailure.UserFault {
    if (source.branch().startsWith("-")
        || !Repository.isValidRefName("refs/heads/" + source.branch())) {
      throw new BuildFailure.UserFault(
          "The branch name '" + source.branch() + "' is not one that git allows; correct it");
    }
    String url = source.url();
    Matcher http = HTTP.matcher(url);
    Matcher ssh = SSH.matcher(url);
    Matcher scp = SCP.matcher(url);
    if (!hasControl(url) && http.matches()) {
      return ofHttp(http);
    }
    if (!hasControl(url) && ssh.matches()) {
      String user = ssh.group("user") == null ? "" : ssh.group("user") + "@";
      String port = ssh.group("port") == null ? "" : ":" + ssh.group("port");
      return ofSsh("ssh://" + user + ssh.group("host") + port + ssh.group("path"), ssh);
    }
    if (!hasControl(url) && scp.matches()) {
      return ofSsh(url, scp);
    }
    throw new BuildFailure.UserFault(
        "The address '"
            + source.displayUrl().replaceAll("\\p{Cntrl}", "?")
            + "' is none that a worker fetches from; use https or ssh, such as"
            + " https://host/owner/repository.git");
  }

  private static GitRemote ofHttp(Matcher http) throws BuildFailure.UserFault {
    String scheme = http.group("scheme").toLowerCase(Locale.ROOT);
    String scope =
        GitCredentials.scope(scheme, http.group("host"), Optional.ofNullable(http.group("port")));
    String login = http.group("login");
    return new GitRemote(
        scope + http.group("path"),
        GitProtocol.valueOf(scheme.toUpperCase(Locale.ROOT)),
        bare(http),
        login == null ? Optional.empty() : Optional.of(credential(scope, login)));
  }

  private static GitRemote ofSsh(String url, Matcher ssh) {
    return new GitRemote(url, GitProtocol.SSH, bare(ssh), Optional.empty());
  }

  private static String bare(Matcher address) {
    return address.group("host").replaceAll("[\\[\\]]", "");
  }

  private static Credential credential(String scope, String userInfo)
      throws BuildFailure.UserFault {
    int colon = userInfo.indexOf(':');
    // a token alone stands where the user name would; the forges take it as either
    String user = decode(colon < 0 ? userInfo : userInfo.substring(0, colon));
    String password = colon < 0 ? "" : decode(userInfo.substring(colon + 1));
    if (hasControl(user) || hasControl(password)) {
      throw new BuildFailure.UserFault(
          "The credential in the repository address for "
              + scope
              + " holds a control character; correct it");
    }
    return new Credential(scope, user, password);
  }

  private static String decode(String text) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      // a bare percent sign: it was never encoded
      return text;
    }
  }

  private static boolean hasControl(String text) {
    return text.chars().anyMatch(Character::isISOControl);
  }
}
