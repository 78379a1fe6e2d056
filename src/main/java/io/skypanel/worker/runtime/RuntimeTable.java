package io.skypanel.worker.runtime;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.skypanel.worker.job.BuildFailure;
import java.util.List;
import java.util.Optional;

/** The table of runtimes, in the order of detection. Immutable. */
record RuntimeTable(@JsonProperty(required = true) List<RuntimeEntry> runtimes) {
  private static final ObjectMapper YAML =
      YAMLMapper.builder().addModules(new Jdk8Module(), new JavaTimeModule()).build();

  RuntimeTable {
    runtimes = List.copyOf(runtimes);
  }

  /**
   * Reads it.
   *
   * @throws BuildFailure.WorkerFault with file, line and reason if it is wrong
   */
  static RuntimeTable read(RuntimeFiles files) throws BuildFailure {
    String text = files.read(RuntimeFiles.TABLE);
    try {
      return YAML.readValue(text, RuntimeTable.class);
    } catch (JacksonException e) {
      Throwable cause = e.getCause() instanceof IllegalArgumentException own ? own : e;
      String reason = cause == e ? e.getOriginalMessage() : cause.getMessage();
      String line = e.getLocation() == null ? "" : ":" + e.getLocation().getLineNr();
      throw new BuildFailure.WorkerFault(
          files.shown(RuntimeFiles.TABLE)
              + line
              + ": "
              + reason.lines().findFirst().orElse("")
              + "; correct it",
          e);
    }
  }

  /** The runtime of that id. */
  Optional<RuntimeEntry> find(String id) {
    return runtimes.stream().filter(r -> r.id().equals(id)).findFirst();
  }

  /** The first that a repository shows. */
  Optional<RuntimeEntry> detect(Repository repository) throws BuildFailure {
    for (RuntimeEntry entry : runtimes) {
      RuntimeEntry.Detect detect = entry.detect();
      if ((detect.any().isEmpty() || has(repository, detect.any(), true))
          && !has(repository, detect.none(), true)
          && has(repository, detect.all(), false)) {
        return Optional.of(entry);
      }
    }
    return Optional.empty();
  }

  /** Whether one of the files is there, or else whether each is. */
  private static boolean has(Repository repository, List<String> files, boolean one)
      throws BuildFailure {
    for (String file : files) {
      if (repository.glob(file).isEmpty() != one) {
        return one;
      }
    }
    return !one;
  }
}
