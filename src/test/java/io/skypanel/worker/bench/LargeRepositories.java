package io.skypanel.worker.bench;

import java.util.ArrayList;
import java.util.List;

/** A redeploy, one line changed, of repositories with more and more files. */
final class LargeRepositories implements Growth {
  private static final int BYTES_A_FILE = 2500;
  private static final int RUNS = 3;

  @Override
  public String id() {
    return "files";
  }

  @Override
  public List<Series> run(boolean quick) throws Exception {
    List<Series.Point> ours = new ArrayList<>();
    List<Series.Point> theirs = new ArrayList<>();
    for (int files : quick ? new int[] {10, 1000} : new int[] {10, 100, 1000, 10_000, 100_000}) {
      int runs = files < Redeploy.TOO_MANY_FOR_A_TRIAL ? RUNS : 1;
      Row row = new Redeploy(id(), files, (long) files * BYTES_A_FILE, Double.NaN).run(runs);
      ours.add(new Series.Point(files, row.ourMedian()));
      theirs.add(new Series.Point(files, row.theirMedian()));
    }
    String work = "files of 2500 bytes in the repository, a redeploy with one line changed";
    return List.of(
        new Series("files-worker", work, "accept -> deployed, s", ours, Double.NaN),
        new Series("files-commands", work, "clone, build, run by hand, s", theirs, Double.NaN));
  }
}
