package io.skypanel.worker.runtime;

import io.skypanel.worker.job.BuildFailure;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Which libraries the gems of a Ruby app need, and how it is started. */
final class RubyFacts implements Facts {
  /** Libraries that a gem loads, which the slim image lacks. */
  private static final Map<String, String> LIBRARIES =
      new TreeMap<>(
          Map.of(
              "pg", "libpq5",
              "mysql2", "libmariadb3",
              "sqlite3", "libsqlite3-0",
              "ruby-vips", "libvips42",
              "nokogiri", "libxml2",
              "rmagick", "libmagickwand-dev"));

  @Override
  public void find(Draft draft) throws BuildFailure {
    Repository app = draft.app();
    boolean lock = app.has("Gemfile.lock");
    String gems = app.textOrNothing("Gemfile.lock") + "\n" + app.text("Gemfile").orElse("");
    draft.put("lock", lock);
    draft.put(
        "manifests",
        app.has("Gemfile")
            ? Stream.of("Gemfile", "Gemfile.lock", ".ruby-version")
                .filter(app::has)
                .map(name -> draft.root() + name)
                .collect(Collectors.joining(" "))
            : "");
    draft.reason(
        lock
            ? "Installs with Bundler: there is Gemfile.lock"
            : app.has("Gemfile")
                ? "Installs with Bundler, without Gemfile.lock: commit one for builds that can be"
                    + " repeated"
                : "Installs nothing: there is no Gemfile");
    Set<String> libraries = new TreeSet<>();
    LIBRARIES.forEach(
        (gem, library) -> {
          if (has(gems, gem)) {
            libraries.add(library);
          }
        });
    draft.put("libraries", String.join(" ", libraries));
    if (!libraries.isEmpty()) {
      draft.reason("Adds " + String.join(", ", libraries) + ", which the gems load");
    }
    start(draft, gems);
  }

  private static void start(Draft draft, String gems) throws BuildFailure {
    Repository app = draft.app();
    draft.takeProcfile();
    boolean rails = app.has("config/application.rb") && has(gems, "rails");
    if (rails && (has(gems, "sprockets-rails") || has(gems, "propshaft"))) {
      draft.guessBuild(
          "SECRET_KEY_BASE_DUMMY=1 bundle exec rails assets:precompile",
          "this is Rails with assets");
    }
    if (rails) {
      draft.guessStart("bundle exec rails server -b 0.0.0.0 -p $PORT", "this is Rails");
    }
    if (app.has("config.ru")) {
      draft.guessStart(
          has(gems, "puma")
              ? "bundle exec puma -b tcp://0.0.0.0:$PORT"
              : "bundle exec rackup -o 0.0.0.0 -p $PORT",
          "there is config.ru");
    }
    List.of("app.rb", "main.rb", "server.rb", "bot.rb").stream()
        .filter(app::has)
        .findFirst()
        .ifPresent(file -> draft.guessStart("bundle exec ruby " + file, "there is " + file));
    if (draft.start().isEmpty()) {
      throw new BuildFailure.UserFault(
          "Nothing says how this Ruby app is started: add a config.ru, a Procfile with a web line,"
              + " or a start command to the app");
    }
  }

  private static boolean has(String gems, String gem) {
    return Pattern.compile(
            "(?m)^[ \\t]*(?:gem\\s*(?:\\(\\s*)?['\"])?" + Pattern.quote(gem) + "(?:['\"]|\\s|!|$)")
        .matcher(gems)
        .find();
  }
}
