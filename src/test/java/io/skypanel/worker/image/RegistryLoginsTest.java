package io.skypanel.worker.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.model.AuthConfig;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RegistryLoginsTest {
  @Test
  void aLoginIsReadAsDockerWritesItAndAsPeopleDo() {
    RegistryLogins logins =
        read(
            """
            {"auths": {"one.example": {"auth": "dXNlcjpwYTpzcw=="},
                       "two.example": {"username": "ann", "password": "x"},
                       "three.example": {"auth": "", "identitytoken": "t"}},
             "credsStore": "desktop"}""");

    AuthConfig one = logins.forEngine().getConfigs().get("one.example");
    assertThat(one.getUsername()).isEqualTo("user");
    assertThat(one.getPassword()).isEqualTo("pa:ss");
    assertThat(logins.forEngine().getConfigs().get("three.example").getIdentitytoken())
        .isEqualTo("t");
    assertThat(logins.dockerConfig())
        .isEqualTo(
            "{\"auths\":{\"one.example\":{\"auth\":\"dXNlcjpwYTpzcw==\"},"
                + "\"two.example\":{\"auth\":\"YW5uOng=\"},"
                + "\"three.example\":{\"identitytoken\":\"t\"}}}");
  }

  @Test
  void noneIsNoLogin() {
    assertThat(RegistryLogins.read(Optional.empty()).dockerConfig()).isEqualTo("{\"auths\":{}}");
  }

  @Test
  void whatCannotBeReadIsSaidWithoutShowingIt() {
    assertThatThrownBy(() -> read("{\"auths\": sesame"))
        .hasMessageContaining("REGISTRY_AUTH is no JSON")
        .hasMessageNotContaining("sesame");
    assertThatThrownBy(() -> read("{\"auth\": \"sesame\"}"))
        .hasMessageContaining("has no \"auths\"");
    assertThatThrownBy(() -> read("{\"auths\": {\"one.example\": {}}}"))
        .hasMessageContaining("no login for one.example");
    assertThatThrownBy(() -> read("{\"auths\": {\"one.example\": {\"auth\": \"***\"}}}"))
        .hasMessageContaining("of one.example is no base64");
  }

  private static RegistryLogins read(String config) {
    return RegistryLogins.read(Optional.of(config));
  }
}
