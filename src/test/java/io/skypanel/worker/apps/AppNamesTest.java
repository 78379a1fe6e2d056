package io.skypanel.worker.apps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AppNamesTest {
  @TempDir Path folder;
  private AppRecords records;
  private AppNames names;

  @BeforeEach
  void open() {
    records = new AppRecords(folder);
    names = new AppNames(records);
    add("id-1", "shop", "shop");
    add("id-2", "blog", "blog-2");
    add("id-3", "blog", "blog-3");
    add("id-4", "id-1", "four");
  }

  private void add(String appId, String name, String slug) {
    records.update(
        appId,
        app -> app.named(name).withAddress(Optional.of(new AppRecord.Address(slug, List.of()))));
  }

  @Test
  void anAppIsFoundByIdNameAndSlugAndTheIdGoesFirst() throws Exception {
    assertThat(names.find("shop").appId()).isEqualTo("id-1");
    assertThat(names.find("blog-3").appId()).isEqualTo("id-3");
    assertThat(names.find("id-1").appId()).isEqualTo("id-1");
  }

  @Test
  void aNameOfSeveralAppsIsRefusedWithTheirIds() {
    assertThatThrownBy(() -> names.find("blog"))
        .isInstanceOf(AppFailure.Refused.class)
        .hasMessage("Several apps are called 'blog', take the id: id-2, id-3");
  }

  @Test
  void anUnknownAppIsAnsweredWithWhereToLook() {
    assertThatThrownBy(() -> names.find("none"))
        .isInstanceOf(AppFailure.Unknown.class)
        .hasMessageContaining("no app 'none'; 'skypanel-worker apps' lists");
  }
}
