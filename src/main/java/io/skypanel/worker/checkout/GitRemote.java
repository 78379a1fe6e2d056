package io.skypanel.worker.checkout;

import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.GitSource;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jgit.lib.Repository;

/**
 * A repository as git is told of it: the address, and the credential that never stands in it.
 *
 * @param url without user name and password (an ssh address keeps its user name, which is no
 *     secret); goes to the command line and to {@code .git/config}
 * @param credential what the address carried, for http and https
 */
record GitRemote(String url, Optional<Credential> credential) {
  private static final Pattern HTTP =
      Pattern.compile("(?i)(https?)://(?:([^/?#]*)@)?([^/?#@]*)(.*)", Pattern.DOTALL);
  private static final Pattern SSH_PASSWORD = Pattern.compile("(?i)(?<=^ssh://)([^/:@]*):[^/]*@");

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
   * @throws BuildFailure.UserFault for a branch name that git does not allow, or a control
   *     character in URL or credential (it would let a password forge lines of git's credential
   *     protocol)
   */
  static GitRemote of(GitSource source) throws BuildFailure.UserFault {
    if (source.branch().startsWith("-")
        || !Repository.isValidRefName("refs/heads/" + source.branch())) {
      throw new BuildFailure.UserFault(
          "The branch name '" + source.branch() + "' is not one that git allows; correct it");
    }
    String url = source.url();
    if (url.isBlank() || url.startsWith("-") || hasControl(url)) {
      throw new BuildFailure.UserFault(
          "The repository address '"
              + source.displayUrl().replaceAll("\\p{Cntrl}", "?")
              + "' is not valid; use one such as https://host/owner/repository.git");
    }
    Matcher http = HTTP.matcher(url);
    if (!http.matches()) {
      return new GitRemote(SSH_PASSWORD.matcher(url).replaceFirst("$1@"), Optional.empty());
    }
    String scope = http.group(1) + "://" + http.group(3);
    return new GitRemote(
        scope + http.group(4),
        http.group(2) == null ? Optional.empty() : Optional.of(credential(scope, http.group(2))));
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
