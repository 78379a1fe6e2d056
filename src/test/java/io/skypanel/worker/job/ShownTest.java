package io.skypanel.worker.job;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShownTest {
  @ParameterizedTest
  @CsvSource({
    "https://me:pass@host/x, https://****@host/x",
    "https://me:pa/s@s@host/x, https://****@host/x",
    "me:pass@host, ****@host",
    "https://host/x, https://host/x",
    "registry/app@sha256:abc, registry/app@sha256:abc",
    "me:pass@registry/app@sha256:abc, ****@registry/app@sha256:abc",
    "https://me:p@sha256:pass@host, https://****@host",
  })
  void noLoginIsShownOfAnAddressButWhatItIsFor(String address, String shown) {
    assertThat(Shown.withoutLogin(address)).isEqualTo(shown);
  }

  @Test
  void aLoginMayHaveLineBreaks() {
    assertThat(Shown.withoutLogin("https://me:pa\nss@host")).isEqualTo("https://****@host");
  }
}
