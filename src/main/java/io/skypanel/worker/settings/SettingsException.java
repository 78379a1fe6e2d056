package io.skypanel.worker.settings;

import java.util.List;

/** The settings are wrong; holds every problem, each with variable, value and what is right. */
public final class SettingsException extends Exception {
  private static final long serialVersionUID = 1L;
  private final transient List<String> problems;

  SettingsException(List<String> problems) {
    super(String.join("; ", problems));
    this.problems = List.copyOf(problems);
  }

  /** One line a problem, in the order of the settings table. */
  public List<String> problems() {
    return problems;
  }
}
