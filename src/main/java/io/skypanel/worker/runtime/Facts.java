package io.skypanel.worker.runtime;

import io.skypanel.worker.job.BuildFailure;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a table can't say: finds out more about a repository for a runtime's template. Thread-safe.
 */
@FunctionalInterface
interface Facts {
  /** By the name that stands under {@code facts} in {@code runtimes.yaml}. */
  Map<String, Facts> BY_NAME =
      Collections.unmodifiableMap(
          new TreeMap<>(
              Map.of(
                  "node", new NodeFacts(),
                  "python", new PythonFacts(),
                  "go", new GoFacts(),
                  "java", new JavaFacts(),
                  "php", new PhpFacts(),
                  "ruby", new RubyFacts(),
                  "rust", new RustFacts(),
                  "dotnet", new DotnetFacts(),
                  "static", new StaticFacts())));

  /**
   * Finds out.
   *
   * @param draft gets variables for the template, the commands, and the reasons
   * @throws BuildFailure.UserFault if the repository can't be built so
   */
  void find(Draft draft) throws BuildFailure;
}
