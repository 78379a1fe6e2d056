package io.skypanel.worker.apps;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AppRecordsTest {
  private final String appId = UUID.randomUUID().toString();
  @TempDir Path folder;

  @Test
  void aRecordOutlivesTheWorker() {
    AppRecord written =
        new AppRecords(folder)
            .update(
                appId,
                app ->
                    app.withPorts(List.of(20000, 20001))
                        .with(deployment("d1", true))
                        .with(deployment("d2", false)));

    AppRecord read = new AppRecords(folder).find(appId).orElseThrow();

    assertThat(read).isEqualTo(written);
    assertThat(read.deployments())
        .extracting(AppDeployment::deploymentId)
        .containsExactly("d2", "d1");
    assertThat(read.current().orElseThrow().deploymentId()).isEqualTo("d1");
    assertThat(folder.resolve("apps/" + appId + ".json")).isRegularFile();
  }

  @Test
  void aChangeThatTheDiskDoesNotTakeIsWrittenWhenItDoes() throws Exception {
    AppRecords records = new AppRecords(folder);
    Files.delete(folder.resolve("apps"));

    assertThat(records.updateSoon(appId, app -> app.with(deployment("d1", false)))).isFalse();
    Files.createDirectory(folder.resolve("apps"));

    assertThat(records.all()).hasSize(1);
    assertThat(new AppRecords(folder).find(appId).orElseThrow().deployments())
        .containsExactly(deployment("d1", false));
  }

  @Test
  void aRepeatedDeploymentReplacesItsEntry() {
    AppRecord record =
        AppRecord.empty(appId).with(deployment("d1", false)).with(deployment("d1", true));

    assertThat(record.deployments()).containsExactly(deployment("d1", true));
  }

  @Test
  void anUnreadableFileIsMovedAside() throws Exception {
    AppRecords records = new AppRecords(folder);
    Path file = folder.resolve("apps/" + appId + ".json");
    for (String content : List.of("", "{\"appId\":", "[]", "{\"deployments\":[{}]}")) {
      Files.writeString(file, content);
      assertThat(records.find(appId)).isEmpty();
      assertThat(file).doesNotExist();
    }
    try (Stream<Path> files = Files.list(file.getParent())) {
      assertThat(files).isNotEmpty().allMatch(f -> f.toString().contains(".json.unreadable"));
    }
    assertThat(records.all()).isEmpty();
  }

  @Test
  void idsThatLookAlikeDoNotShareAFile() {
    AppRecords records = new AppRecords(folder);
    records.update("My App", app -> app.withPorts(List.of(1)));
    records.update("my-app", app -> app.withPorts(List.of(2)));

    assertThat(records.find("My App").orElseThrow().ports()).containsExactly(1);
    assertThat(records.find("my-app").orElseThrow().ports()).containsExactly(2);
    assertThat(records.all()).hasSize(2);
  }

  @Test
  void changesOfManyThreadsAreAllKept() {
    AppRecords records = new AppRecords(folder);

    IntStream.range(0, 20)
        .parallel()
        .forEach(i -> records.update(appId, app -> app.with(deployment("d" + i, true))));

    assertThat(records.find(appId).orElseThrow().deployments()).hasSize(20);
  }

  @Test
  void aRemovedAppStaysRemovedAndOthersStay() {
    AppRecords records = new AppRecords(folder);
    records.update(appId, app -> app.with(deployment("d1", true)));
    records.update("other", app -> app.withPorts(List.of(1)));

    records.remove(appId);
    records.remove("never there");

    assertThat(records.find(appId)).isEmpty();
    assertThat(records.count()).isEqualTo(1);
    assertThat(new AppRecords(folder).all()).extracting(AppRecord::appId).containsExactly("other");
  }

  private static AppDeployment deployment(String id, boolean served) {
    return new AppDeployment(
        id,
        "c".repeat(40),
        "skypanel-app-a:" + id,
        "sha256:" + id,
        List.of("sha256:step"),
        served ? Optional.of("container-" + id) : Optional.empty(),
        "skypanel-app-a-" + id,
        served ? OptionalInt.of(20000) : OptionalInt.empty(),
        Instant.parse("2026-01-02T03:04:05Z"),
        served,
        true,
        Optional.empty());
  }
}
