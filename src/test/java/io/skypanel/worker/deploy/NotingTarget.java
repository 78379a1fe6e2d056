package io.skypanel.worker.deploy;

import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.BuiltImage;
import io.skypanel.worker.job.Progress;
import io.skypanel.worker.job.StopSignal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/** A target that only takes notes. */
final class NotingTarget implements DeployTarget {
  final List<String> notes = Collections.synchronizedList(new ArrayList<>());
  int refusals;
  String nextId = "id";
  Optional<Version> running = Optional.empty();
  Optional<BuildFailure> probeFailure = Optional.empty();
  Optional<BuildFailure> retireFailure = Optional.empty();
  List<Version> older = List.of();
  Verdict verdict = Verdict.UP;
  CountDownLatch hold = new CountDownLatch(0);

  @Override
  public Optional<Version> find(BuildJob job) {
    return running;
  }

  @Override
  public ImageFacts describe(BuiltImage image) {
    return new ImageFacts(List.of(), Optional.empty());
  }

  @Override
  public Set<Integer> takenPorts() {
    return Set.of();
  }

  @Override
  public Candidate create(ContainerSpec spec) {
    return new Candidate(spec, nextId);
  }

  @Override
  public void start(Candidate candidate) throws PortTaken {
    notes.add("start " + candidate.spec().hostPort().getAsInt());
    if (refusals-- > 0) {
      throw new PortTaken("port is already allocated", null);
    }
  }

  @Override
  public Verdict probe(Candidate candidate, Progress progress, StopSignal stop)
      throws BuildFailure {
    notes.add("probe");
    if (probeFailure.isPresent()) {
      throw probeFailure.get();
    }
    try {
      hold.await();
    } catch (InterruptedException e) {
      throw new BuildFailure.WorkerFault("interrupted", e);
    }
    return verdict;
  }

  @Override
  public void promote(Candidate candidate) {
    notes.add("promote");
  }

  @Override
  public List<Version> others(String appId, String but) {
    return older.stream().filter(version -> !version.id().equals(but)).toList();
  }

  @Override
  public void retire(String id) throws BuildFailure {
    notes.add("retire " + id);
    if (retireFailure.isPresent()) {
      throw retireFailure.get();
    }
  }

  @Override
  public void stop(String id) {
    notes.add("stop " + id);
  }

  @Override
  public void resume(String id) {
    notes.add("resume " + id);
  }

  @Override
  public void rollBack(BuildJob job) {
    notes.add("rollBack");
  }
}
