package io.skypanel.worker.runtime;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.LocalDate;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One runtime, as {@code runtimes.yaml} describes it. Immutable.
 *
 * @param id its short name, as in {@code node_version} and {@code RUNTIME_IMAGE_NODE}
 * @param name its name for people
 * @param detect which files show it
 * @param template the file that its Dockerfile is made of
 * @param facts what else is found out about a repository: a name of {@link Facts#BY_NAME}
 * @param start the command for repositories that name none
 * @param port what a web app listens on
 * @param images base images by name
 * @param versions what it is built with; empty where its images have no version
 * @param ignore lines of the {@code .dockerignore}
 * @param servers start commands by dependency, of a runtime that has such
 * @param outputs builds whose output is files
 * @param development patterns of start commands that count as none
 */
record RuntimeEntry(
    @JsonProperty(required = true) String id,
    @JsonProperty(required = true) String name,
    @JsonProperty(required = true) Detect detect,
    @JsonProperty(required = true) String template,
    Optional<String> facts,
    Optional<String> start,
    Integer port,
    Map<String, Image> images,
    Optional<Versions> versions,
    List<String> ignore,
    List<Server> servers,
    @JsonProperty("static") List<Output> outputs,
    List<Pattern> development) {
  private static final int DEFAULT_PORT = 8080;

  RuntimeEntry {
    port = port == null ? DEFAULT_PORT : port;
    images = images == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(images));
    ignore = orNone(ignore);
    servers = orNone(servers);
    outputs = orNone(outputs);
    development = orNone(development);
    if (!id.matches("[a-z][a-z0-9-]*") || !name.matches("[^\\p{Cntrl}]+")) {
      throw new IllegalArgumentException("'" + id + "' is no id: small letters, digits and -");
    }
    if (facts.isPresent() && !Facts.BY_NAME.containsKey(facts.get())) {
      throw new IllegalArgumentException(
          "facts: " + facts.get() + " is none of " + Facts.BY_NAME.keySet());
    }
  }

  private static <T> List<T> orNone(List<T> list) {
    return list == null ? List.of() : List.copyOf(list);
  }

  /**
   * Which files show a runtime: one of {@code any}, each of {@code all} and none of {@code none}.
   */
  record Detect(List<String> any, List<String> all, List<String> none) {
    Detect {
      any = orNone(any);
      all = orNone(all);
      none = orNone(none);
      if (any.isEmpty() && all.isEmpty()) {
        throw new IllegalArgumentException("detect needs a file in any or all");
      }
    }
  }

  /**
   * A base image.
   *
   * @param image its reference; {@code {version}} stands for the version
   * @param like the image whose replacement by {@code RUNTIME_IMAGE_…} counts for this one too
   */
  record Image(@JsonProperty(required = true) String image, Optional<String> like) {}

  /** The versions that a runtime has, oldest first, and where a repository names one. */
  record Versions(
      @JsonProperty(value = "default", required = true) String standard,
      @JsonProperty(required = true) List<Version> supported,
      List<Source> from) {
    Versions {
      supported = orNone(supported);
      from = orNone(from);
      String wanted = standard;
      if (supported.stream().noneMatch(v -> v.version().equals(wanted))) {
        throw new IllegalArgumentException("the default " + standard + " is not supported");
      }
    }
  }

  /**
   * One version.
   *
   * @param version what stands in the tags of its images
   * @param eol the last day with security fixes, where there is one
   * @param also further names of it
   */
  record Version(
      @JsonProperty(required = true) String version, Optional<LocalDate> eol, List<String> also) {
    Version {
      also = orNone(also);
      if (!version.matches("[0-9]+(\\.[0-9]+)*")) {
        throw new IllegalArgumentException("'" + version + "' is no version");
      }
    }
  }

  /**
   * Where a repository names the version.
   *
   * @param file a file, or a glob of which the first counts
   * @param match what finds it in the file's text, in its first group
   * @param pointer a JSON pointer into a JSON or TOML file
   * @param minimum whether later versions do as well
   */
  record Source(
      @JsonProperty(required = true) String file,
      Optional<Pattern> match,
      Optional<String> pointer,
      boolean minimum) {
    Source {
      if (match.isPresent() == pointer.isPresent()) {
        throw new IllegalArgumentException(file + " needs either match or pointer");
      }
    }
  }

  /** The start command that a dependency brings. */
  record Server(
      @JsonProperty(required = true) String dependency,
      @JsonProperty(required = true) String command) {}

  /** The folder of files that a dependency's build makes; {@code spa}: one page for every path. */
  record Output(
      @JsonProperty(required = true) String dependency,
      @JsonProperty(required = true) String output,
      boolean spa) {}
}
