package io.skypanel.worker.settings;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.skypanel.worker.job.Shown;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whose right repositories are fetched with, by host: JSON such as
 *
 * <pre>{"github.com": {"user": "x-access-token", "token": "…"},
 * "http://git.local:3000": {"user": "ci", "token": "…"},
 * "gitlab.com": {"sshKey": "/etc/skypanel-worker/gitlab_ed25519"}}</pre>
 *
 * A host alone means https.
 *
 * @param logins by scheme, host and port, such as {@code https://github.com}
 * @param sshKeys private key files by host
 */
public record GitCredentials(Map<String, Login> logins, Map<String, Path> sshKeys) {
  /** No credential for any host. */
  public static final GitCredentials NONE = new GitCredentials(Map.of(), Map.of());

  private static final Pattern ORIGIN =
      Pattern.compile(
          "(?:(https?)://)?([a-z0-9_][a-z0-9._-]*|\\[[0-9a-f:.]+])(?::([0-9]{1,5}))?/?");

  public GitCredentials {
    logins = Map.copyOf(logins);
    sshKeys = Map.copyOf(sshKeys);
  }

  /** A user and a password or token. */
  public record Login(String user, String token) {
    @Override
    public String toString() {
      return "login of " + user;
    }
  }

  /**
   * Reads them.
   *
   * @throws IllegalArgumentException with what is wrong, without a secret
   */
  static GitCredentials parse(String json) {
    JsonNode hosts;
    try {
      hosts = new ObjectMapper().readTree(json);
    } catch (JsonProcessingException e) {
      // its message would show the text
      throw new IllegalArgumentException("is no JSON (line " + e.getLocation().getLineNr() + ")");
    }
    if (!hosts.isObject()) {
      throw new IllegalArgumentException("is no JSON object of host to credential");
    }
    Map<String, Login> logins = new LinkedHashMap<>();
    Map<String, Path> keys = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : hosts.properties()) {
      String host = entry.getKey();
      Matcher origin = ORIGIN.matcher(host.strip().toLowerCase(Locale.ROOT));
      if (!origin.matches()) {
        throw new IllegalArgumentException(
            "names '"
                + Shown.withoutLogin(host)
                + "', which is no host, such as github.com or https://host:8443");
      }
      JsonNode given = entry.getValue();
      String token = text(host, given, "token");
      String key = text(host, given, "sshKey");
      if (token.isEmpty() && key.isEmpty()) {
        throw new IllegalArgumentException(
            "has neither \"user\" and \"token\" nor \"sshKey\" for " + host);
      }
      if (!token.isEmpty()) {
        logins.put(origin(origin), new Login(text(host, given, "user"), token));
      }
      if (!key.isEmpty()) {
        // as ssh itself names an IPv6 address
        keys.put(origin.group(2).replaceAll("[\\[\\]]", ""), Path.of(key));
      }
    }
    return new GitCredentials(logins, keys);
  }

  private static String text(String host, JsonNode given, String field) {
    String value = given.path(field).asText("");
    if (value.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "has a \"" + field + "\" for " + host + " with a control character");
    }
    return value;
  }

  private static String origin(Matcher origin) {
    return scope(
        origin.group(1) == null ? "https" : origin.group(1),
        origin.group(2),
        Optional.ofNullable(origin.group(3)));
  }

  /**
   * What a login is for, in the one form by which logins are told apart: in small letters, without
   * the port that the scheme has anyway.
   *
   * @param scheme {@code https} or {@code http}
   * @param host a name or an address, that of IPv6 in brackets
   * @param port digits
   */
  public static String scope(String scheme, String host, Optional<String> port) {
    int usual = scheme.equals("https") ? 443 : 80;
    String origin = scheme + "://" + host.toLowerCase(Locale.ROOT);
    return port.map(Integer::valueOf)
        .filter(number -> number != usual)
        .map(number -> origin + ":" + number)
        .orElse(origin);
  }

  /** What must be seen in no log. */
  public List<String> secrets() {
    return logins.values().stream().map(Login::token).toList();
  }

  @Override
  public String toString() {
    return "credentials for " + logins.keySet() + " and ssh keys for " + sshKeys.keySet();
  }
}
