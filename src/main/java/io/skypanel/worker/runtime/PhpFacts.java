package io.skypanel.worker.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import io.skypanel.worker.job.BuildFailure;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Which extensions a PHP app needs and which folder is served. */
final class PhpFacts implements Facts {
  /** Extensions that are built in the image, with the packages that this takes. */
  private static final Map<String, List<String>> BUILT =
      Map.ofEntries(
          Map.entry("bcmath", List.of()),
          Map.entry("calendar", List.of()),
          Map.entry("exif", List.of()),
          Map.entry("gd", List.of("libfreetype-dev", "libjpeg-dev", "libpng-dev")),
          Map.entry("gettext", List.of()),
          Map.entry("gmp", List.of("libgmp-dev")),
          Map.entry("intl", List.of("libicu-dev")),
          Map.entry("mysqli", List.of()),
          Map.entry("pcntl", List.of()),
          Map.entry("pdo_mysql", List.of()),
          Map.entry("pdo_pgsql", List.of("libpq-dev")),
          Map.entry("pgsql", List.of("libpq-dev")),
          Map.entry("soap", List.of("libxml2-dev")),
          Map.entry("sockets", List.of()),
          Map.entry("xsl", List.of("libxslt1-dev")),
          Map.entry("zip", List.of("libzip-dev")));

  private static final Set<String> PECL = Set.of("apcu", "mongodb", "redis");

  @Override
  public void find(Draft draft) throws BuildFailure {
    Repository app = draft.app();
    JsonNode manifest = app.tree("composer.json");
    boolean composer = app.has("composer.json");
    boolean laravel = app.has("artisan");
    draft.put("composer", composer);
    if (composer) {
      draft.reason(
          app.has("composer.lock")
              ? "Installs with Composer: there is composer.lock"
              : "Installs with Composer, without composer.lock: commit one for builds that can be repeated");
    }
    draft.put("manifests", files(draft, "composer.json", "composer.lock", "symfony.lock"));
    extensions(draft, manifest, laravel);
    assets(draft);
    String documents =
        Stream.of("public", "web", "webroot", "html")
            .filter(folder -> app.has(folder + "/index.php"))
            .findFirst()
            .map(folder -> "/" + folder)
            .orElse("");
    draft.put("documents", documents);
    draft.takeProcfile();
    boolean apache = draft.start().isEmpty();
    draft.put("apache", apache);
    if (apache && documents.isEmpty() && !app.has("index.php")) {
      throw new BuildFailure.UserFault(
          "No index.php is in the top folder or in public: add one, a Procfile, or a start command"
              + " to the app");
    }
    draft.guessStart(
        "apache2-foreground",
        "Apache serves " + (documents.isEmpty() ? "the top folder" : documents.substring(1)));
  }

  private static void extensions(Draft draft, JsonNode manifest, boolean laravel) {
    Set<String> wanted = new TreeSet<>();
    for (Iterator<String> names = manifest.path("require").fieldNames(); names.hasNext(); ) {
      String name = names.next().toLowerCase(Locale.ROOT);
      if (name.startsWith("ext-")) {
        wanted.add(name.substring("ext-".length()).replace('-', '_'));
      }
    }
    if (laravel) {
      wanted.addAll(List.of("bcmath", "pcntl", "pdo_mysql", "pdo_pgsql"));
      draft.reason("Adds the extensions bcmath, pcntl, pdo_mysql and pdo_pgsql: this is Laravel");
    } else if (manifest.isMissingNode()) {
      wanted.addAll(List.of("mysqli", "pdo_mysql"));
      draft.reason(
          "Adds the extensions mysqli and pdo_mysql: there is no composer.json to name any");
    }
    Set<String> built = new TreeSet<>(wanted);
    built.retainAll(BUILT.keySet());
    Set<String> pecl = new TreeSet<>(wanted);
    pecl.retainAll(PECL);
    Set<String> libraries = new TreeSet<>();
    built.forEach(name -> libraries.addAll(BUILT.get(name)));
    draft.put("extensions", String.join(" ", built));
    draft.put("pecl", String.join(" ", pecl));
    draft.put("libraries", String.join(" ", libraries));
    draft.put("gd", built.contains("gd"));
  }

  private static void assets(Draft draft) throws BuildFailure {
    JsonNode scripts = draft.app().tree("package.json").path("scripts");
    boolean assets = scripts.has("build") && draft.app().hasFolder("public");
    draft.put("assets", assets);
    draft.put("assetManifests", files(draft, "package.json", "package-lock.json", ".npmrc"));
    draft.put("assetLock", draft.app().has("package-lock.json"));
    if (assets) {
      draft.reason("Builds the assets with Node.js: package.json has a build script");
    }
  }

  private static String files(Draft draft, String... names) {
    return Stream.of(names)
        .filter(draft.app()::has)
        .map(name -> draft.root() + name)
        .reduce((a, b) -> a + " " + b)
        .orElse("");
  }
}
