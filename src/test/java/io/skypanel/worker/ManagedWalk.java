package io.skypanel.worker;

import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanParameterInfo;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;

/**
 * All that managed beans say: each readable attribute, and what each operation gives that takes
 * nothing but switches and numbers and, by its name, changes nothing.
 */
final class ManagedWalk {
  private static final Predicate<String> ACTS =
      Pattern.compile(
              "(?i)(remove|stop|start|restart|suspend|resume|reset|clear|enable|disable|purge|flush"
                  + "|set|add|create|load|gc|jfr|run|managementagent|vmlog|evict|update).*")
          .asMatchPredicate();

  private final Map<String, String> said = new LinkedHashMap<>();
  private final MBeanServerConnection beans;

  private ManagedWalk(MBeanServerConnection beans) {
    this.beans = beans;
  }

  static ManagedWalk over(MBeanServerConnection beans) throws IOException, JMException {
    ManagedWalk walk = new ManagedWalk(beans);
    for (ObjectName name : beans.queryNames(null, null)) {
      walk.visit(name, beans.getMBeanInfo(name));
    }
    return walk;
  }

  /** How many answers there were. */
  int size() {
    return said.size();
  }

  /** Which attributes and operations say this text. */
  List<String> placesWith(String text) {
    return said.entrySet().stream()
        .filter(place -> place.getValue().contains(text))
        .map(Map.Entry::getKey)
        .toList();
  }

  private void visit(ObjectName bean, MBeanInfo info) {
    for (MBeanAttributeInfo attribute : info.getAttributes()) {
      if (attribute.isReadable()) {
        note(bean + " " + attribute.getName(), () -> beans.getAttribute(bean, attribute.getName()));
      }
    }
    for (MBeanOperationInfo operation : info.getOperations()) {
      Optional<Object[]> arguments = arguments(operation);
      if (arguments.isPresent() && !ACTS.test(operation.getName())) {
        String[] types =
            Stream.of(operation.getSignature())
                .map(MBeanParameterInfo::getType)
                .toArray(String[]::new);
        note(
            bean + " " + operation.getName() + Arrays.toString(types),
            () -> beans.invoke(bean, operation.getName(), arguments.get(), types));
      }
    }
  }

  /** Empty if it takes what can't be guessed. */
  private static Optional<Object[]> arguments(MBeanOperationInfo operation) {
    Object[] arguments =
        Stream.of(operation.getSignature())
            .map(
                parameter ->
                    switch (parameter.getType()) {
                      case "boolean", "java.lang.Boolean" -> Boolean.TRUE;
                      case "int", "java.lang.Integer" -> 0;
                      default -> "";
                    })
            .toArray();
    return operation.getReturnType().equals("void") || Arrays.asList(arguments).contains("")
        ? Optional.empty()
        : Optional.of(arguments);
  }

  private interface Question {
    Object ask() throws IOException, JMException;
  }

  private void note(String place, Question question) {
    String answer;
    try {
      Object value = question.ask();
      answer = value instanceof Object[] all ? Arrays.deepToString(all) : String.valueOf(value);
    } catch (IOException | JMException | RuntimeException refused) {
      answer = String.valueOf(refused);
    }
    said.put(place, answer);
  }
}
