package io.skypanel.worker.image;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OwnCacheTest {
  @Test
  void everyStageDeclaresTheArgumentAndNothingElseChanges() {
    assertThat(
            OwnCache.apart(
                "# escape=`\r\nARG A\nfrom `\n # comment\n a AS b\nRUN <<E\nFROM c\nE\nFROM d"))
        .isEqualTo(
            "# escape=`\r\nARG A\nfrom `\n # comment\n a AS b\nARG SKYPANEL_CACHE\n"
                + "RUN <<E\nFROM c\nE\nFROM d\nARG SKYPANEL_CACHE\n");
  }

  @Test
  void eachAppHasAValueOfItsOwn() {
    assertThat(OwnCache.value("w/a")).isNotEqualTo(OwnCache.value("w/b")).hasSize(64);
  }
}
