package io.skypanel.worker;

import java.util.Set;
import javax.management.JMException;
import javax.management.ObjectName;
import org.apache.camel.CamelContext;
import org.apache.camel.ManagementMBeansLevel;
import org.apache.camel.management.DefaultManagementAgent;

/**
 * Shows over JMX the context and the routes, which can be counted, stopped and started. At its
 * level {@code RoutesOnly} Camel 4.17 leaves out steps alone; endpoints show what queues hold, and
 * with it what a build's variables or commands hold.
 */
final class RouteManagement extends DefaultManagementAgent {
  private static final Set<String> SHOWN = Set.of("context", "routes");

  RouteManagement(CamelContext context) {
    super(context);
  }

  @Override
  public void register(Object bean, ObjectName name, boolean again) throws JMException {
    if (getMBeansLevel() != ManagementMBeansLevel.RoutesOnly
        || SHOWN.contains(name.getKeyProperty("type"))) {
      super.register(bean, name, again);
    }
  }
}
