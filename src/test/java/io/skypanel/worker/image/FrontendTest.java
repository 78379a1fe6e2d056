package io.skypanel.worker.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.settings.BuildLimits;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrontendTest {
  @ParameterizedTest
  @CsvSource({
    "docker/dockerfile, true",
    "docker.io/docker/dockerfile:1, true",
    "docker/dockerfile-upstream:master-labs, true",
    "docker/dockerfile:1.4, true",
    "docker/dockerfile:1.10.1-labs, true",
    "docker/dockerfile:1.3-labs, false",
    "docker/dockerfile:1.2, false",
    "docker/dockerfile:1@sha256:00, false",
    "other/dockerfile:1, false",
  })
  void hereDocumentsAreSureFrom14On(String frontend, boolean sure) throws Exception {
    String dockerfile = "# syntax=" + frontend + "\nFROM a\n";

    assertThat(knowsHeredocs(dockerfile, false)).isEqualTo(sure);
    assertThat(knowsHeredocs(dockerfile, true)).isEqualTo(sure);
  }

  @Test
  void withoutAFrontendTheEnginesOwnCounts() throws Exception {
    assertThat(knowsHeredocs("FROM a\n", true)).isTrue();
    assertThat(knowsHeredocs("FROM a\n", false)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "FROM a",
        "# syntax=docker/dockerfile:1\nFROM a",
        "#syntax = docker.io/docker/dockerfile:1.7-labs \r\nFROM a",
        "# escape=`\n# syntax=docker/dockerfile-upstream:master\nFROM a",
        "// syntax=docker/dockerfile\nFROM a",
        "#!/usr/bin/env x\n# syntax=docker/dockerfile:1.12.1\nFROM a",
        "FROM a\n# syntax=evil/frontend",
        "# a syntax=evil/frontend\nFROM a",
      })
  void dockersOwnAreAllowed(String dockerfile) {
    assertThatCode(() -> check(dockerfile)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "# syntax=evil/frontend\nFROM a",
        "#\u00a0SYNTAX=evil/frontend\nFROM a",
        "# syntax = evil/frontend with words\nFROM a",
        "\uFEFF\u2003# syntax=evil/frontend",
        "#!/bin/sh\n#syntax=evil/frontend",
        "//syntax=evil/frontend\nFROM a",
        "# escape=`\n# check=skip=all\n# syntax=evil/frontend",
        "# syntax=docker/dockerfile:1\n// syntax=evil/frontend",
        "# syntax=docker/dockerfile:1.0-experimental",
        "# syntax=docker/dockerfile:1.1",
        "# syntax=docker/dockerfile:1@sha256:" + "0",
        "# syntax=example.com/docker/dockerfile:1",
        "# syntax=docker/dockerfile-copy",
        " {\"syntax\":\"evil/frontend\"}",
        "#!x\n{\n\"syntax\":\"evil/frontend\"}",
      })
  void othersAreTheUsersFault(String dockerfile) {
    assertThatThrownBy(() -> check(dockerfile))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageContaining("Dockerfile");
  }

  @Test
  void theOperatorMayAllowOthers() {
    assertThatCode(
            () ->
                Frontend.check("Dockerfile", "# syntax=evil/frontend:2", List.of("evil/frontend")))
        .doesNotThrowAnyException();
    assertThatCode(
            () ->
                Frontend.check(
                    "Dockerfile",
                    "# syntax=docker/dockerfile:1@sha256:00",
                    List.of("docker/dockerfile:1@sha256:00")))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\uFEFF# syntax=docker/dockerfile:1\nFROM a",
        "#!x\n# syntax=docker/dockerfile:1\nFROM a",
        "# x=y\n# syntax=docker/dockerfile:1\nFROM a",
        "// syntax=docker/dockerfile:1\nFROM a",
        " # syntax=docker/dockerfile:1\nFROM a",
        "\n# syntax=docker/dockerfile:1\nFROM a",
      })
  void aFrontendThatNotEveryBuilderSeesLeavesTheEnginesOwn(String dockerfile) throws Exception {
    assertThat(knowsHeredocs(dockerfile, true)).isTrue();
    assertThat(knowsHeredocs(dockerfile, false)).isFalse();
  }

  private static boolean knowsHeredocs(String dockerfile, boolean engine) throws BuildFailure {
    return Frontend.knowsHeredocs(Directives.of("Dockerfile", dockerfile), engine);
  }

  private static void check(String dockerfile) throws BuildFailure {
    Frontend.check("Dockerfile", dockerfile, BuildLimits.DEFAULT.frontends());
  }
}
