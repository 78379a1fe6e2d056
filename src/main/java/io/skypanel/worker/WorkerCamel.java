package io.skypanel.worker;

import io.skypanel.worker.settings.WorkerSettings;
import java.util.Map;
import java.util.Properties;
import org.apache.camel.CamelContext;
import org.apache.camel.StartupSummaryLevel;
import org.apache.camel.component.micrometer.MicrometerConstants;
import org.apache.camel.component.micrometer.routepolicy.MicrometerRoutePolicyFactory;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;

/** Camel as the worker runs it: what is set, bound and watched before a route is loaded. */
final class WorkerCamel {
  private final WorkerSettings settings;
  private final Map<String, String> operators;

  /**
   * @param operators the operator's own properties
   */
  WorkerCamel(WorkerSettings settings, Map<String, String> operators) {
    this.settings = settings;
    this.operators = operators;
  }

  /** One that is not started. */
  Main main(WorkerBeans beans, RouteFiles files, TimerWatch timers) {
    Main main = new Main(Worker.class);
    main.configure()
        .withName("skypanel-worker")
        .withRoutesIncludePattern(files.pattern())
        .withShutdownTimeout(30);
    main.configure().setStartupSummaryLevel(StartupSummaryLevel.Off);
    // all beans are bound below; looking for more in the jar takes a start a while
    main.configure().setBasePackageScanEnabled(false);
    main.addInitialProperty("camel.main.jmxManagementMBeansLevel", "RoutesOnly");
    // the operator's own Camel settings, below what follows
    operators.forEach(main::addInitialProperty);
    main.addInitialProperty("camel.component.seda.queueSize", "64"); // slots are at most 64
    // how long an idle consumer may take to see that it is to stop; there are several, in turn
    main.addInitialProperty("camel.component.seda.defaultPollTimeout", "100");
    main.addInitialProperty("camel.component.https.sslContextParameters", "#panelTrust");
    placeholders().forEach((k, v) -> main.addOverrideProperty((String) k, (String) v));
    beans.byName().forEach(main::bind);
    main.bind(MicrometerConstants.METRICS_REGISTRY_NAME, beans.meters);
    main.addMainListener(
        new MainListenerSupport() {
          @Override
          public void beforeConfigure(BaseMainSupport support) {
            CamelContext context = support.getCamelContext();
            context.getManagementStrategy().setManagementAgent(new RouteManagement(context));
            MicrometerRoutePolicyFactory figures = new MicrometerRoutePolicyFactory();
            figures.setMeterRegistry(beans.meters);
            context.addRoutePolicyFactory(figures);
            context.addRoutePolicyFactory(timers);
          }
        });
    return main;
  }

  /** What {@code {{…}}} in the routes stands for. */
  Properties placeholders() {
    Properties properties = new Properties();
    properties.putAll(operators);
    properties.setProperty("panel.endpoint", settings.skypanelUrl().toString());
    properties.setProperty("build.queue", settings.buildQueue());
    properties.setProperty("max.concurrent.builds", String.valueOf(settings.maxConcurrentBuilds()));
    properties.setProperty(
        "heartbeat.interval.millis", String.valueOf(settings.heartbeatInterval().toMillis()));
    properties.setProperty(
        "cleanup.interval.millis", String.valueOf(settings.cleanupInterval().toMillis()));
    return properties;
  }
}
