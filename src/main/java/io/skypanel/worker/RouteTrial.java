package io.skypanel.worker;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.camel.Component;
import org.apache.camel.component.quartz.QuartzComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.spi.BeanRepository;
import org.apache.camel.spi.Registry;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.DefaultRegistry;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/**
 * Tries a route file out where it can do no harm: in a context of its own, with the worker's beans
 * and nothing started.
 */
final class RouteTrial {
  private final Registry registry;
  private final Properties placeholders;

  /**
   * @param registry the worker's beans
   * @param placeholders what {@code {{…}}} in routes stands for
   */
  RouteTrial(Registry registry, Properties placeholders) {
    this.registry = registry;
    this.placeholders = placeholders;
  }

  /** Loads {@code text} as {@code file}; throws what is wrong with it. */
  void load(Path file, String text) throws Exception {
    try (DefaultCamelContext context = new DefaultCamelContext(new DefaultRegistry(beans()))) {
      context.disableJMX();
      context.setAutoStartup(false);
      context.getPropertiesComponent().setInitialProperties(placeholders);
      context.addComponent("quartz", sleepingQuartz());
      PluginHelper.getRoutesLoader(context).loadRoutes(resource(file, text));
      requireOwnRoute(context, RouteFiles.name(file));
      context.start();
    }
  }

  /** Quartz fires jobs of routes that were never started. */
  private static QuartzComponent sleepingQuartz() {
    QuartzComponent quartz = new QuartzComponent();
    quartz.setAutoStartScheduler(false);
    return quartz;
  }

  /** Without it the old route would go on beside whatever the file holds now. */
  private static void requireOwnRoute(ModelCamelContext context, String name) {
    boolean found =
        context.getRouteDefinition(name) != null
            || context.getRouteConfigurationDefinition(name) != null;
    if (!found) {
      throw new IllegalArgumentException("it holds no route with the id '" + name + "'");
    }
  }

  static Resource resource(Path file, String text) {
    return ResourceHelper.fromBytes("file:" + file, text.getBytes(StandardCharsets.UTF_8));
  }

  /** The worker's beans but for components, which belong to the one context that started them. */
  private BeanRepository beans() {
    return new BeanRepository() {
      @Override
      public Object lookupByName(String name) {
        return unlessComponent(registry.lookupByName(name));
      }

      @Override
      public <T> T lookupByNameAndType(String name, Class<T> type) {
        return unlessComponent(registry.lookupByNameAndType(name, type));
      }

      @Override
      public <T> Map<String, T> findByTypeWithName(Class<T> type) {
        return Map.of();
      }

      @Override
      public <T> Set<T> findByType(Class<T> type) {
        return Set.of();
      }

      private <T> T unlessComponent(T bean) {
        return bean instanceof Component ? null : bean;
      }
    };
  }
}
