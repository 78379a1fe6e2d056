package io.skypanel.worker.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GitSettingsTest {
  @TempDir Path folder;

  @Test
  void takesAllProtocolsAndHostsUnlessTold() throws Exception {
    GitSettings git = read(Map.of()).git();

    assertThat(git).isEqualTo(GitSettings.DEFAULT);
    assertThat(git.protocols()).containsExactlyInAnyOrder(GitProtocol.values());
    assertThat(git.hosts()).containsExactly(new HostPattern("*"));
  }

  @Test
  void readsListsAndCredentials() throws Exception {
    Path key = secret("key", "k");
    GitSettings git =
        read(Map.of(
                "GIT_ALLOWED_PROTOCOLS", "https, SSH",
                "GIT_ALLOWED_HOSTS", "GitHub.com, *.example.com,[::1]",
                "GIT_DENIED_ADDRESSES", "10.0.0.0/8,fd00::/8,192.168.1.7",
                "GIT_KNOWN_HOSTS", secret("known_hosts", "").toString(),
                "GIT_CREDENTIALS",
                    """
                        {"github.com": {"user": "u", "token": "t\\"x"},
                         "https://Git.example.com:443/": {"token": "t2"},
                         "http://127.0.0.1:3000": {"user": "ci", "token": "t3"},
                         "gitlab.com": {"sshKey": "%s"},
                         "[::1]": {"sshKey": "%s"}}"""
                        .formatted(key, key)))
            .git();

    assertThat(git.protocols()).containsExactlyInAnyOrder(GitProtocol.HTTPS, GitProtocol.SSH);
    assertThat(git.hosts().toString()).isEqualTo("[github.com, *.example.com, ::1]");
    assertThat(git.deniedAddresses())
        .containsAll(GitSettings.NEVER)
        .containsAll(IpNetwork.all("10.0.0.0/8", "fd00::/8", "192.168.1.7"));
    assertThat(git.knownHosts()).hasValue(folder.resolve("known_hosts"));
    assertThat(git.credentials().logins())
        .isEqualTo(
            Map.of(
                "https://github.com", new GitCredentials.Login("u", "t\"x"),
                "https://git.example.com", new GitCredentials.Login("", "t2"),
                "http://127.0.0.1:3000", new GitCredentials.Login("ci", "t3")));
    assertThat(git.credentials().sshKeys()).isEqualTo(Map.of("gitlab.com", key, "::1", key));
    assertThat(git.credentials().secrets()).containsExactlyInAnyOrder("t\"x", "t2", "t3");
    assertThat(git.toString()).doesNotContain("t\"x", "t2", "t3");
  }

  @Test
  void namesWhatIsWrongWithoutShowingASecret() throws Exception {
    Map<String, String> wrong =
        Map.of(
            "GIT_ALLOWED_PROTOCOLS", "https,file",
            "GIT_ALLOWED_HOSTS", "a b",
            "GIT_DENIED_ADDRESSES", "10.0.0.0/33",
            "GIT_KNOWN_HOSTS", folder.resolve("absent").toString());
    assertThat(problems(wrong))
        .hasSize(4)
        .anyMatch(p -> p.startsWith("GIT_ALLOWED_PROTOCOLS is 'https,file': it must be one or"))
        .anyMatch(p -> p.startsWith("GIT_ALLOWED_HOSTS is 'a b': it must be hosts"))
        .anyMatch(p -> p.startsWith("GIT_DENIED_ADDRESSES is '10.0.0.0/33': it must be"))
        .anyMatch(p -> p.startsWith("GIT_KNOWN_HOSTS is '" + folder));
    for (String credentials :
        List.of(
            "{\"h\": {\"token\": \"s3cret\"",
            "{\"a b\": {\"token\": \"s3cret\"}}",
            "{\"https://u:s3cret/s3cret@h\": {\"token\": \"s3cret\"}}",
            "{\"h\": {\"password\": \"s3cret\"}}",
            "{\"h\": {\"token\": \"s3cret\\n\"}}",
            "{\"h\": {\"sshKey\": \"/absent\"}}",
            "s3cret")) {
      assertThat(problems(Map.of("GIT_CREDENTIALS", credentials)))
          .singleElement()
          .asString()
          .startsWith("GIT_CREDENTIALS ")
          .doesNotContain("s3cret");
    }
  }

  @Test
  void whatOthersCanReadIsWarnedOfAndAKeyThatSshWouldPassOverIsRefused() throws Exception {
    Path file = secret("credentials", "{\"h\": {\"token\": \"s3cret\"}}");
    assertThat(read(Map.of("GIT_CREDENTIALS", file.toString())).warnings())
        .noneMatch(w -> w.contains("GIT_CREDENTIALS"));

    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    assertThat(read(Map.of("GIT_CREDENTIALS", file.toString())).warnings())
        .anyMatch(w -> w.contains(file + " can be read by other users"));

    Path key = secret("key", "k");
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(problems(Map.of("GIT_CREDENTIALS", "{\"h\": {\"sshKey\": \"" + key + "\"}}")))
        .singleElement()
        .asString()
        .contains(key + " for h, which other users can read: chmod 600 it");
  }

  @Test
  void readsTheProxiesOfTheEnvironmentAndWhatIsReachedWithoutThem() throws Exception {
    Proxies proxies =
        read(Map.of(
                "HTTPS_PROXY", "http://me:p%2Fw@proxy.example.com:3128/",
                "http_proxy", "other.example.com:8080",
                "HTTP_PROXY", "http://not-this.example.com",
                "ALL_PROXY", "http://nor-this.example.com",
                "NO_PROXY", "localhost, *.Inside.example.com,.b.test"))
            .git()
            .proxies();

    assertThat(proxies.find(GitProtocol.HTTPS, "h.test"))
        .hasValue(new ProxyAddress("http", "proxy.example.com", 3128, Optional.of("me:p/w")));
    assertThat(proxies.find(GitProtocol.HTTP, "h.test"))
        .hasValue(new ProxyAddress("http", "other.example.com", 8080, Optional.empty()));
    assertThat(proxies.find(GitProtocol.SSH, "h.test")).isEmpty();
    assertThat(List.of("LOCALHOST", "inside.example.com", "a.inside.example.com", "b.test"))
        .allMatch(host -> proxies.find(GitProtocol.HTTPS, host).isEmpty());
    assertThat(List.of("example.com", "notlocalhost", "bb.test"))
        .allMatch(host -> proxies.find(GitProtocol.HTTPS, host).isPresent());
    assertThat(proxies.toString() + proxies.find(GitProtocol.HTTPS, "h.test"))
        .doesNotContain("p/w");
    assertThat(read(Map.of("no_proxy", "*")).git().proxies().find(GitProtocol.HTTP, "h")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://me:s3cret/s3cret@proxy:3128",
        "me:s3cret#x@proxy",
        "http://me:s3cret@",
        "http://me:s3cret %zz@proxy",
        "http://me:s3cret%zz@proxy",
        "socks5://me:s3cret@",
        "http://me:s3cret@proxy:99999",
        "http://proxy/s3cret",
      })
  void aProxyThatCanNotBeReadIsRefusedByItsVariableWithoutItsPassword(String value) {
    for (String name : List.of("https_proxy", "HTTP_PROXY", "ALL_PROXY")) {
      assertThat(problems(Map.of(name, value)))
          .singleElement()
          .asString()
          .startsWith(name + " must be of the form http://[user:password@]host:port")
          .doesNotContain("s3cret");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://squid_proxy:3128",
        "squid_proxy:3128",
        "HTTP://_x.y_z:3128/",
        "http://a+b:p@w@squid:3128",
        "http://[2001:db8::1]:3128",
      })
  void aProxyMayHaveAnyHostThatThereIs(String value) throws Exception {
    assertThat(read(Map.of("HTTPS_PROXY", value)).git().proxies().find(GitProtocol.HTTPS, "h.test"))
        .hasValueSatisfying(
            proxy -> {
              assertThat(proxy.isHttp()).isTrue();
              assertThat(proxy.port()).isEqualTo(3128);
              assertThat(value).contains(proxy.host()).contains(proxy.login().orElse(""));
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"socks5h://me:s3cret@proxy:1080", "https://proxy", "SOCKS5://proxy"})
  void ofAProxyOfAnotherKindIsWarnedOnceUnlessNothingGoesByIt(String value) throws Exception {
    String kind = value.substring(0, value.indexOf("://")).toLowerCase(Locale.ROOT);
    assertThat(read(Map.of("ALL_PROXY", value)).warnings())
        .filteredOn(warning -> warning.contains("_PROXY"))
        .singleElement()
        .asString()
        .startsWith("ALL_PROXY names a proxy of the kind " + kind)
        .contains("http://host:port", "NO_PROXY")
        .doesNotContain("s3cret");
    for (Map<String, String> unused :
        List.of(
            Map.of("ALL_PROXY", value, "NO_PROXY", "*"),
            Map.of("ALL_PROXY", value, "GIT_ALLOWED_PROTOCOLS", "ssh"),
            Map.of("ALL_PROXY", value, "http_proxy", "proxy", "https_proxy", "proxy"))) {
      assertThat(read(unused).warnings()).noneMatch(warning -> warning.contains("ALL_PROXY"));
    }
  }

  private Path secret(String name, String content) throws Exception {
    Path file = Files.writeString(folder.resolve(name), content);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private List<String> problems(Map<String, String> given) {
    return catchThrowableOfType(SettingsException.class, () -> read(given)).problems();
  }

  private WorkerSettings read(Map<String, String> given) throws SettingsException {
    Map<String, String> environment = new HashMap<>(given);
    environment.put("SKYPANEL_URL", "https://panel.example.com");
    environment.put("STATE_DIR", folder.resolve("state").toString());
    Machine machine = new Machine("build-1", 4, false, folder, folder, folder);
    return WorkerSettings.read(new SettingSources(environment, Map.of(), Map.of()), machine);
  }
}
