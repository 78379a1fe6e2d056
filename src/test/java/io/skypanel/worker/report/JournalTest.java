package io.skypanel.worker.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.BuiltImage;
import io.skypanel.worker.job.Checkout;
import io.skypanel.worker.job.GitSource;
import io.skypanel.worker.job.ImageRef;
import io.skypanel.worker.job.Phase;
import io.skypanel.worker.job.RunPlan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
  @TempDir Path folder;

  private static BuildJob job() {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("Z", "1");
    environment.put("A", "2");
    return new BuildJob(
        "d-1",
        "app-1",
        "shop",
        Optional.of("org"),
        Optional.of(Instant.parse("2026-01-01T00:00:00.123Z")),
        new GitSource("https://git.example.com/shop.git", "main", Optional.empty()),
        Optional.of("Dockerfile"),
        Optional.empty(),
        Optional.of("npm start"),
        environment,
        Map.of());
  }

  private static BuiltImage image() {
    Checkout checkout =
        new Checkout(Path.of("/srv/builds/d-1"), new Checkout.Commit("abc", "Ann <a@b>", "First"));
    return new BuiltImage(
        checkout, ImageRef.of(job()), "sha256:1", List.of("sha256:2"), RunPlan.DEFAULT);
  }

  @Test
  void aRestartFindsHowFarEachBuildHadCome() {
    Journal before = new Journal(folder);
    before.open(JournalEntry.begun(job()));
    before.reached(job(), Phase.IMAGE);
    before.built(job(), image());
    before.reached(job(), Phase.DEPLOY);

    List<JournalEntry> found = new Journal(folder).interrupted();

    assertThat(found).hasSize(1);
    JournalEntry entry = found.get(0);
    assertThat(entry.job()).isEqualTo(job());
    assertThat(entry.job().environment().keySet()).containsExactly("Z", "A");
    assertThat(entry.phase()).isEqualTo(Phase.DEPLOY);
    assertThat(entry.image()).contains(image());
    assertThat(entry.container()).contains("skypanel-app-app-1-d-1");
    assertThat(entry.conclusion()).isEmpty();
  }

  @Test
  void aDecidedStatusIsKeptWithoutItsLog() {
    Journal before = new Journal(folder);
    before.open(JournalEntry.begun(job()));
    before.concluded(
        job(),
        new Report(
            "app-1",
            "d-1",
            "deployed",
            Optional.of("long log"),
            Optional.empty(),
            Map.of("port", 20000)));

    Report report = new Journal(folder).interrupted().get(0).conclusion().orElseThrow();

    assertThat(report.status()).isEqualTo("deployed");
    assertThat(report.logs()).isEmpty();
    assertThat(report.result()).containsEntry("port", 20000);
  }

  @Test
  void aBuildThatEndedLeavesNothing() {
    Journal journal = new Journal(folder);
    journal.open(JournalEntry.begun(job()));
    journal.close(job());

    assertThat(new Journal(folder).interrupted()).isEmpty();
  }

  @Test
  void aBuildThatTheDiskCantNoteDoesNotBegin() throws Exception {
    Journal journal = new Journal(folder);
    Files.delete(folder.resolve("journal"));

    assertThatThrownBy(() -> journal.open(JournalEntry.begun(job())))
        .isInstanceOf(Journal.NotNoted.class)
        .hasMessageContaining("stays queued");
  }

  @Test
  void whatIsBrokenIsSetAsideAndTheRestIsRead() throws Exception {
    new Journal(folder).open(JournalEntry.begun(job()));
    Files.writeString(folder.resolve("journal/broken.json"), "{\"job\":");

    assertThat(new Journal(folder).interrupted()).hasSize(1);
    assertThat(folder.resolve("journal/broken.json.unreadable")).exists();
  }

  @Test
  void whatAnEarlierVersionWroteIsRead() throws Exception {
    Journal journal = new Journal(folder);
    journal.open(JournalEntry.begun(job()).with(image()));
    Path file = folder.resolve("journal/" + job().deploymentId() + ".json");
    // volumes were a list once, and there were no domains
    Files.writeString(
        file,
        Files.readString(file)
            .replace("\"volumes\":{}", "\"volumes\":[]")
            .replace(",\"domains\":[]", ""));
    assertThat(Files.readString(file)).contains("\"volumes\":[]").doesNotContain("domains");

    assertThat(new Journal(folder).interrupted())
        .singleElement()
        .satisfies(entry -> assertThat(entry.image().orElseThrow().run().volumes()).isEmpty());
  }

  @Test
  void onlyItsOwnerCanReadItForItHoldsTheAppsVariables() throws Exception {
    new Journal(folder).open(JournalEntry.begun(job()));

    assertThat(Files.getPosixFilePermissions(folder.resolve("journal/d-1.json")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }
}
