package io.skypanel.worker.chaos;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;

/** Many builds, one after the other, and what the worker takes meanwhile. */
final class Soak {
  Soak(Path folder, OwnEngine engine, PrintStream out) {}

  boolean run(int builds) throws IOException {
    return builds > 0;
  }
}
