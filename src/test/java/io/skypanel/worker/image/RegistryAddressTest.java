package io.skypanel.worker.image;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegistryAddressTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "169.254.169.254/x",
        "169.254.169.254:80/x/y:1",
        "169.254.43518/x",
        "169.16689662:80/x",
        "2852039166:80/x",
        "0xa9fea9fe:80/x",
        "0XA9.0xFE.0251.254/x",
        "0251.0376.0251.0376/x@sha256:00",
        "0000000000000000000251.0376.0251.0376/x",
        "0x00000000000000a9fea9fe/x",
        "00000000000025177524776:80/x",
        "100.100.100.200:5000/x",
        "[fd00:ec2::254]/x",
        "[fe80::1%25eth0]:5000/x",
        "[::ffff:a9fe:a9fe]/x"
      })
  void aLinkLocalOrMetadataAddressIsRefusedInEveryForm(String image) {
    assertThat(RegistryAddress.isRefused(image)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "169.254.169.254",
        "node:20",
        "library/node",
        "localhost:5000/x",
        "127.0.0.1:5000/x",
        "[::1]:5000/x",
        "10.0.0.1/x",
        "169.254.169.254.example.com/x",
        "169.254.169.254.1/x",
        "169.254.169.256/x",
        "99999999999:80/x",
        "a.169.254.169/x",
        "[]/x",
        "/x",
        ""
      })
  void whatIsNoneIsNot(String image) {
    assertThat(RegistryAddress.isRefused(image)).isFalse();
  }
}
