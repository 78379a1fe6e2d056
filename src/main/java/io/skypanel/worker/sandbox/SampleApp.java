package io.skypanel.worker.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A sample app: a repository's files, kept as resources, and what is to come of them. All stand on
 * {@link BusyboxImage} and listen on {@code PORT}.
 */
@SuppressWarnings("ImmutableEnumChecker") // its list and map are unmodifiable
public enum SampleApp {
  /** A static site. */
  STATIC_SITE(
      "static-site",
      List.of("Dockerfile", "site/index.html", "site/style.css"),
      Map.of(),
      Optional.of("<h1>It works</h1>")),

  /** A page out of a build step and the environment. */
  GREETING(
      "greeting",
      List.of("Dockerfile", "build.sh", "serve.sh", "page.html"),
      Map.of("GREETING", "Good morning, panel", "PORT", "8080"),
      Optional.of("<h1>Good morning, panel</h1>")),

  /** A build that fails on purpose, with exit code 3 and an explanation. */
  BROKEN_BUILD("broken-build", List.of("Dockerfile", "build.sh"), Map.of(), Optional.empty());

  private final String name;
  private final List<String> paths;
  private final Map<String, String> environment;
  private final Optional<String> expectedInPage;

  SampleApp(
      String name,
      List<String> paths,
      Map<String, String> environment,
      Optional<String> expectedInPage) {
    this.name = name;
    this.paths = paths;
    this.environment = environment;
    this.expectedInPage = expectedInPage;
  }

  /** The app's and its repository's name. */
  public String appName() {
    return name;
  }

  /** The environment it is deployed with. */
  public Map<String, String> environment() {
    return environment;
  }

  /** What its page holds once it is deployed; empty for the one whose build fails. */
  public Optional<String> expectedInPage() {
    return expectedInPage;
  }

  /** Its files by path. */
  public Map<String, String> files() {
    Map<String, String> files = new LinkedHashMap<>();
    paths.forEach(path -> files.put(path, read("/sandbox/apps/" + name + "/" + path)));
    return files;
  }

  /** Puts it into a new repository of {@code server}. */
  public GitRepository pushTo(GitServer server) {
    GitRepository repository = server.create(name);
    repository.commit(files(), "Add the sample " + name);
    return repository;
  }

  /** A build of it out of a repository, as a panel would queue it. */
  public BuildRequest request(GitRepository repository) {
    return BuildRequest.of(repository.url()).with("appName", name).environment(environment);
  }

  private static String read(String resource) {
    try (InputStream in = SampleApp.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("the jar lacks " + resource);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
