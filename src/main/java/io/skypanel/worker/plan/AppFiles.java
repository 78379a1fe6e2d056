package io.skypanel.worker.plan;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.BuildJob;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Reads what files say about an app. A mistake in one is told in one line, by file, key and line; a
 * build with a file that can't be understood fails rather than be deployed otherwise than was
 * meant. Thread-safe.
 */
final class AppFiles {
  static final String OF_REPOSITORY = "skypanel.yaml";
  private static final int MAX_BYTES = 64 * 1024;

  /** A name that can be a file's. */
  private static final Predicate<String> PLAIN =
      Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N} _.-]{0,127}").asMatchPredicate();

  private final Optional<Path> appsDir;

  /** Made when it is first needed: an idle start should not pay for it. */
  private static final class Yaml {
    private static final YAMLMapper MAPPER =
        YAMLMapper.builder()
            .addModule(new Jdk8Module())
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .build();
    static final ObjectReader OF_REPOSITORY = MAPPER.readerFor(RepositoryForm.class);
    static final ObjectReader OF_OPERATOR = MAPPER.readerFor(OperatorForm.class);
  }

  /** The keys of the repository's file. */
  record RepositoryForm(AppFile.BuildPart build, AppFile.RunPart run) {}

  /** The keys of the operator's file. */
  record OperatorForm(
      AppFile.BuildPart build,
      AppFile.RunPart run,
      Optional<String> organization,
      Optional<String> runtime,
      Limits limits,
      Map<String, String> volumes,
      List<String> domains) {}

  /** The key {@code limits} of the operator's file. */
  record Limits(Optional<String> memory, OptionalDouble cpus) {}

  /**
   * @param appsDir the operator's files; empty: there are none
   */
  AppFiles(Optional<Path> appsDir) {
    this.appsDir = appsDir;
  }

  /**
   * What the repository says about itself.
   *
   * @throws BuildFailure.UserFault for a mistake in it
   */
  AppFile ofRepository(Path checkout) throws BuildFailure {
    Path file = checkout.resolve(OF_REPOSITORY);
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return AppFile.EMPTY;
    }
    try {
      if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        throw new Mistake("it must be a file, not a link or folder");
      }
      RepositoryForm form = read(file, Yaml.OF_REPOSITORY);
      return form == null
          ? AppFile.EMPTY
          : AppFileRules.check(new AppFile(form.build(), form.run(), null));
    } catch (Mistake e) {
      throw new BuildFailure.UserFault(OF_REPOSITORY + ": " + e.getMessage());
    } catch (IOException e) {
      throw new BuildFailure.WorkerFault(OF_REPOSITORY + " can't be read: " + e.getMessage(), e);
    }
  }

  /**
   * What the operator says about the app, by its id, else by its name. Names are the customers' to
   * choose, so a file by name that gives away domains must say whose app it is for.
   *
   * @throws BuildFailure.WorkerFault for a mistake in it
   */
  AppFile ofOperator(BuildJob job) throws BuildFailure {
    Optional<Path> byId = operatorFile(job.appId());
    Optional<Path> file = byId.or(() -> operatorFile(job.appName()));
    if (file.isEmpty()) {
      return AppFile.EMPTY;
    }
    try {
      OperatorForm form = read(file.get(), Yaml.OF_OPERATOR);
      if (form == null || form.organization().filter(o -> !job.belongsTo(o)).isPresent()) {
        return AppFile.EMPTY;
      }
      AppFile says = AppFileRules.check(appFile(form));
      boolean forAnybody = byId.isEmpty() && form.organization().isEmpty();
      if (forAnybody && says.grants().needAnOwner()) {
        throw new Mistake(
            "it gives domains, and any customer can name an app so; add organization:"
                + " with the owner's id, or name the file by the app's id");
      }
      return says;
    } catch (Mistake e) {
      throw new BuildFailure.WorkerFault(
          "The operator's file " + file.get() + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw new BuildFailure.WorkerFault(
          "The operator's file " + file.get() + " can't be read: " + e.getMessage(), e);
    }
  }

  private Optional<Path> operatorFile(String name) {
    return appsDir
        .filter(folder -> PLAIN.test(name))
        .map(folder -> folder.resolve(name + ".yaml"))
        .filter(Files::isRegularFile);
  }

  private static AppFile appFile(OperatorForm form) {
    Limits limits =
        form.limits() == null
            ? new Limits(Optional.empty(), OptionalDouble.empty())
            : form.limits();
    return new AppFile(
        form.build(),
        form.run(),
        new AppFile.Grants(
            form.runtime(), limits.memory(), limits.cpus(), form.volumes(), form.domains()));
  }

  /** Jackson takes an alias for a text, and leaves what follows a document; neither was meant. */
  private static void checkOnlyPlain(byte[] bytes) throws Mistake, IOException {
    try (YAMLParser yaml = Yaml.MAPPER.getFactory().createParser(bytes)) {
      while (yaml.nextToken() != null) {
        if (yaml.isCurrentAlias()) {
          throw new Mistake("it has an alias (*name), which is not supported");
        }
      }
    }
  }

  /** Null for an empty file. */
  private static <T> T read(Path file, ObjectReader as) throws Mistake, IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_BYTES + 1);
    }
    if (bytes.length > MAX_BYTES) {
      throw new Mistake("it is larger than 64 KiB");
    }
    try {
      checkOnlyPlain(bytes);
      JsonNode tree = Yaml.MAPPER.readTree(bytes);
      return tree == null || tree.isMissingNode() || tree.isNull() ? null : as.readValue(bytes);
    } catch (UnrecognizedPropertyException e) {
      throw new Mistake(
          path(e)
              + " is not known here; there may be "
              + e.getKnownPropertyIds().stream()
                  .map(String::valueOf)
                  .sorted()
                  .collect(Collectors.joining(", ")));
    } catch (JsonMappingException e) {
      throw new Mistake((path(e).isEmpty() ? "it" : path(e)) + " is of the wrong kind" + line(e));
    } catch (JacksonException e) {
      throw new Mistake(
          "it is not valid YAML"
              + line(e)
              + ": "
              + e.getOriginalMessage().lines().findFirst().orElse(""));
    }
  }

  private static String path(JsonMappingException e) {
    return e.getPath().stream()
        .map(
            step -> step.getFieldName() == null ? "[" + step.getIndex() + "]" : step.getFieldName())
        .collect(Collectors.joining("."));
  }

  private static String line(JacksonException e) {
    return e.getLocation() == null ? "" : " (line " + e.getLocation().getLineNr() + ")";
  }
}
