package io.skypanel.worker.image;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.api.model.AuthConfig;
import com.github.dockerjava.api.model.AuthConfigurations;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Logins for the registries that base images come from, out of {@code REGISTRY_AUTH}: what stands
 * under {@code auths} in a {@code config.json} of Docker's. Programs that it may name to ask for
 * logins are not run. Immutable; holds secrets.
 */
public final class RegistryLogins {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** As which Docker's own registry stands in such files. */
  private static final List<String> HUB =
      List.of("https://index.docker.io/v1/", "index.docker.io", "docker.io");

  private final Map<String, AuthConfig> byRegistry = new LinkedHashMap<>();

  private RegistryLogins() {}

  /**
   * Reads them.
   *
   * @param config the JSON text; empty: no logins
   * @throws IllegalArgumentException with a message for the operator, without a secret
   */
  public static RegistryLogins read(Optional<String> config) {
    RegistryLogins logins = new RegistryLogins();
    if (config.isEmpty()) {
      return logins;
    }
    JsonNode auths;
    try {
      auths = JSON.readTree(config.get()).path("auths");
    } catch (JsonProcessingException e) {
      // its message would show the text
      throw new IllegalArgumentException(
          "REGISTRY_AUTH is no JSON (line "
              + e.getLocation().getLineNr()
              + "); it must be like"
              + " Docker's config.json");
    }
    if (!auths.isObject()) {
      throw new IllegalArgumentException(
          "REGISTRY_AUTH has no \"auths\"; it must be like Docker's config.json:"
              + " {\"auths\":{\"registry.example.com\":{\"auth\":\"…\"}}}");
    }
    auths
        .fields()
        .forEachRemaining(
            login ->
                logins.byRegistry.put(login.getKey(), login(login.getKey(), login.getValue())));
    return logins;
  }

  /** Passwords and tokens, each as it is and as logins have it in base64. */
  public List<String> secrets() {
    List<String> secrets = new ArrayList<>();
    for (AuthConfig login : byRegistry.values()) {
      if (login.getPassword() != null) {
        secrets.add(login.getPassword());
        secrets.add(pair(login));
      }
      if (login.getIdentitytoken() != null) {
        secrets.add(login.getIdentitytoken());
      }
    }
    return secrets;
  }

  private static String pair(AuthConfig login) {
    return Base64.getEncoder()
        .encodeToString(bytes(login.getUsername() + ":" + login.getPassword()));
  }

  /** In the form that the engine's API takes. */
  AuthConfigurations forEngine() {
    AuthConfigurations all = new AuthConfigurations();
    byRegistry.values().forEach(all::addConfig);
    return all;
  }

  /** The login for the registry that an image's name begins with. */
  Optional<AuthConfig> forImage(String name) {
    int slash = name.indexOf('/');
    String first = slash < 0 ? "" : name.substring(0, slash);
    boolean registry = first.matches(".*[.:].*") || first.equals("localhost");
    return registry && !first.equals("docker.io")
        ? Optional.ofNullable(byRegistry.get(first))
        : HUB.stream().filter(byRegistry::containsKey).findFirst().map(byRegistry::get);
  }

  /** As a {@code config.json}, with nothing else in it. */
  String dockerConfig() {
    var config = JSON.createObjectNode();
    var auths = config.putObject("auths");
    byRegistry.forEach(
        (registry, login) -> {
          var entry = auths.putObject(registry);
          if (login.getUsername() != null) {
            entry.put("auth", pair(login));
          }
          if (login.getIdentitytoken() != null) {
            entry.put("identitytoken", login.getIdentitytoken());
          }
        });
    return config.toString();
  }

  private static AuthConfig login(String registry, JsonNode entry) {
    AuthConfig login = new AuthConfig().withRegistryAddress(registry);
    String pair = decoded(registry, entry.path("auth").asText(""));
    int colon = pair.indexOf(':');
    if (colon >= 0) {
      login.withUsername(pair.substring(0, colon)).withPassword(pair.substring(colon + 1));
    } else if (entry.has("username")) {
      login
          .withUsername(entry.path("username").asText())
          .withPassword(entry.path("password").asText(""));
    }
    if (entry.hasNonNull("identitytoken")) {
      login.withIdentityToken(entry.path("identitytoken").asText());
    }
    if (login.getUsername() == null && login.getIdentitytoken() == null) {
      throw new IllegalArgumentException(
          "REGISTRY_AUTH has no login for "
              + registry
              + ": give \"auth\" (user:password in base64), \"username\" and \"password\", or"
              + " \"identitytoken\"; programs that keep logins are not asked");
    }
    return login;
  }

  private static String decoded(String registry, String base64) {
    try {
      // Docker itself pads the end with zero bytes now and then
      return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8)
          .replaceAll("\0+$", "");
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "REGISTRY_AUTH's \"auth\" of " + registry + " is no base64");
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
