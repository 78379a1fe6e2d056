package io.skypanel.worker.deploy;

import io.skypanel.worker.apps.AppDeployment;
import io.skypanel.worker.apps.AppRecord;
import io.skypanel.worker.apps.AppRecord.Address;
import io.skypanel.worker.apps.AppRecords;
import io.skypanel.worker.ingress.Ingress;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.ImageRef;
import io.skypanel.worker.job.RunPlan;
import io.skypanel.worker.settings.DeploySettings;
import io.skypanel.worker.settings.WorkerSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where apps are reached: by names at the ingress, or at this machine's address and a port of
 * theirs. Thread-safe.
 */
public final class AppAddresses {
  private static final Logger log = LoggerFactory.getLogger(AppAddresses.class);
  private static final int LONGEST_SLUG = 63; // what a host name's part may have
  private static final int ID_DIGITS = 6;

  private final WorkerSettings settings;
  private final Optional<Ingress> ingress;
  private final AppRecords records;
  private final Supplier<String> ownAddress;

  /**
   * @param ingress the proxy; empty: apps are reached at their ports
   * @param ownAddress this machine's address, as the customer reaches it; asked at each deployment
   */
  public AppAddresses(
      WorkerSettings settings,
      Optional<Ingress> ingress,
      AppRecords records,
      Supplier<String> ownAddress) {
    this.settings = settings;
    this.ingress = ingress;
    this.records = records;
    this.ownAddress = ownAddress;
  }

  /** The host's address that apps are published on: behind an ingress only it may reach them. */
  String hostAddress() {
    return ingress.isPresent() || settings.appBind().equals("localhost")
        ? "127.0.0.1"
        : settings.appBind();
  }

  /** This machine's address. */
  String host() {
    return ownAddress.get();
  }

  /** Whether apps have an address of their own, whatever their port. */
  boolean areStable() {
    return ingress.isPresent();
  }

  /**
   * Gives the app its name, once and for all, and the domains that the operator says now.
   *
   * @throws BuildFailure.WorkerFault if a domain is another's
   */
  synchronized AppRecord allot(BuildJob job, RunPlan run) throws BuildFailure {
    AppRecord app = records.find(job.appId()).orElse(AppRecord.empty(job.appId()));
    List<AppRecord> others =
        app.address().isPresent() && run.domains().isEmpty() ? List.of() : others(app);
    String slug = app.address().isPresent() ? app.address().get().slug() : freeSlug(job, others);
    for (String domain : run.domains()) {
      if (others.stream().anyMatch(other -> hosts(other).contains(domain))
          || isForeign(domain, job.appId())) {
        throw new BuildFailure.WorkerFault(
            "The domain "
                + domain
                + " of the operator's file is served for somebody else already; remove it here, or"
                + " there and deploy that app again",
            null);
      }
    }
    return records.update(
        job.appId(),
        old -> old.named(job.appName()).withAddress(Optional.of(new Address(slug, run.domains()))));
  }

  private List<AppRecord> others(AppRecord app) {
    return records.all().stream().filter(other -> !other.appId().equals(app.appId())).toList();
  }

  private String freeSlug(BuildJob job, List<AppRecord> others) throws BuildFailure {
    String plain = ImageRef.plain(job.appName(), "app");
    if (isFree(plain, job, others)) {
      return plain;
    }
    String id = job.appId().toLowerCase(Locale.ROOT).replaceAll("[^0-9a-f]", "");
    String digits = (id + String.format("%08x", job.appId().hashCode())).substring(0, ID_DIGITS);
    int room = LONGEST_SLUG - ID_DIGITS - 1;
    String shortened = plain.length() <= room ? plain : plain.substring(0, room);
    String slug = shortened.replaceAll("-+$", "") + "-" + digits;
    if (isFree(slug, job, others)) {
      return slug;
    }
    throw new BuildFailure.WorkerFault(
        "The names " + plain + " and " + slug + " are both taken; rename the app", null);
  }

  private boolean isFree(String slug, BuildJob job, List<AppRecord> others) throws BuildFailure {
    return others.stream()
            .noneMatch(o -> o.address().filter(a -> a.slug().equals(slug)).isPresent())
        && (domain().isEmpty()
            || others.stream().noneMatch(o -> hosts(o).contains(slug + "." + domain().get()))
                && !isForeign(slug + "." + domain().get(), job.appId()));
  }

  private boolean isForeign(String host, String appId) throws BuildFailure {
    try {
      return ingress.isPresent() && ingress.get().isTaken(host, appId);
    } catch (Ingress.Unavailable e) {
      throw new BuildFailure.WorkerFault(e.getMessage(), e);
    }
  }

  private Optional<String> domain() {
    return settings.deploy().ingress().map(DeploySettings.Ingress::domain);
  }

  private List<String> hosts(AppRecord app) {
    List<String> hosts = new ArrayList<>();
    app.address()
        .ifPresent(
            address -> {
              domain().ifPresent(domain -> hosts.add(address.slug() + "." + domain));
              hosts.addAll(address.domains());
            });
    return hosts;
  }

  /** The app's address for people; empty for one without a port. */
  Optional<String> url(AppRecord app, OptionalInt port) {
    if (port.isEmpty()) {
      return Optional.empty();
    }
    if (ingress.isPresent()) {
      return Optional.of(ingress.get().url(hosts(app).get(0)));
    }
    String host = host();
    String shown = host.contains(":") ? "[" + host + "]" : host;
    return Optional.of("http://" + shown + ":" + port.getAsInt());
  }

  /**
   * Has the app's address lead to the version that its record names.
   *
   * @throws BuildFailure.WorkerFault if the ingress can't be told
   */
  public synchronized void point(String appId) throws BuildFailure {
    if (ingress.isPresent()) {
      Optional<Ingress.Site> site = records.find(appId).flatMap(this::site);
      try {
        if (site.isPresent()) {
          ingress.get().serve(site.get());
        } else {
          // it may have had an address before it became a worker
          align();
        }
      } catch (Ingress.Unavailable e) {
        throw new BuildFailure.WorkerFault(e.getMessage(), e);
      }
    }
  }

  /**
   * Follows a change of the app's record, also its removal; an ingress that is away is told later.
   */
  public void follow(String appId) {
    try {
      point(appId);
    } catch (BuildFailure e) {
      log.warn("The address of app {} is put right later: {}", appId, e.getMessage());
    }
  }

  /** The same for all apps; what the ingress has of none of them goes. */
  synchronized void align() throws Ingress.Unavailable {
    if (ingress.isPresent()) {
      ingress.get().align(records.all().stream().flatMap(app -> site(app).stream()).toList());
    }
  }

  private Optional<Ingress.Site> site(AppRecord app) {
    OptionalInt live = app.current().map(AppDeployment::hostPort).orElse(OptionalInt.empty());
    if (live.isEmpty() || app.address().isEmpty() || app.ports().isEmpty()) {
      return Optional.empty();
    }
    int first = app.ports().get(0);
    return Optional.of(
        new Ingress.Site(
            app.appId(),
            hosts(app),
            first,
            // an app that was deployed without an ingress has one
            app.ports().size() > 1 ? app.ports().get(1) : first,
            app.state() == AppRecord.State.STOPPED ? OptionalInt.empty() : live));
  }

  /** Whether the version on this port has no request under way, as far as the ingress knows. */
  boolean isIdle(int port) {
    try {
      return ingress.isEmpty() || ingress.get().isIdle(port);
    } catch (Ingress.Unavailable e) {
      return false;
    }
  }
}
