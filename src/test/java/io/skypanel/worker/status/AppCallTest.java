package io.skypanel.worker.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AppCallTest {
  private static AppCall call(String uri) {
    return AppCall.of(URI.create(uri)).orElseThrow();
  }

  @Test
  void anAppsNameMayHaveAnyCharacter() {
    AppCall call = call("/apps/my%20shop%2Fa+b/logs?follow&tail=7&deployment=d%201");

    assertThat(call.app()).contains("my shop/a+b");
    assertThat(call.action()).contains("logs");
    assertThat(call.isSet("follow")).isTrue();
    assertThat(call.isSet("volumes")).isFalse();
    assertThat(call.number("tail", 200, 1000)).contains(7);
    assertThat(call.text("deployment")).contains("d 1");
  }

  @Test
  void withoutAnAppAllAreMeant() {
    assertThat(call("/apps").app()).isEmpty();
    assertThat(call("/apps/").app()).isEmpty();
    assertThat(call("/apps/shop").action()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "many", "1001", "99999999999"})
  void aNumberThatIsNoneOrTooHighIsNotTaken(String tail) {
    assertThat(call("/apps/shop/logs?tail=" + tail).number("tail", 200, 1000)).isEmpty();
    assertThat(call("/apps/shop/logs").number("tail", 200, 1000)).contains(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/appsfoo", "/apps//stop", "/apps/a/b/c"})
  void otherPathsAreNoCalls(String path) {
    assertThat(AppCall.of(URI.create(path))).isEmpty();
  }
}
