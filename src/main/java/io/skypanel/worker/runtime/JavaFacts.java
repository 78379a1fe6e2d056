package io.skypanel.worker.runtime;

import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.RunPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Whether Maven or Gradle builds a Java app, and what comes out of it. */
final class JavaFacts implements Facts {
  private static final Pattern GRADLE_BOOT = Pattern.compile("org\\.springframework\\.boot");
  private static final Pattern GRADLE_APPLICATION =
      Pattern.compile(
          "(?m)(?:^[ \\t]*application[ \\t]*$|id\\s*\\(?['\"]application['\"]|apply plugin:\\s*['\"]application['\"]|-application-conventions['\"]|io\\.ktor\\.plugin|io\\.micronaut\\.application)");

  private static final int MAX_MODULES = 200;
  private static final int MAX_CHARACTERS = 4 << 20;

  @Override
  public void find(Draft draft) throws BuildFailure {
    boolean maven = draft.app().has("pom.xml");
    String file = maven ? "pom.xml" : gradleName(draft.app());
    String build = maven ? pom(draft.app()) : gradleFile(draft.app());
    boolean wrapper = draft.app().has(maven ? "mvnw" : "gradlew");
    String tool = maven ? "maven" : "gradle";
    draft.put("tool", tool);
    draft.put("base", wrapper ? "java" : tool);
    // by sh: a checkout may lack the bit that lets it be started
    draft.put(
        "command", wrapper ? (maven ? "sh ./mvnw" : "sh ./gradlew") : (maven ? "mvn" : "gradle"));
    draft.reason(
        "Builds with %s: there is %s"
            .formatted(maven ? "Maven" : "Gradle", wrapper ? (maven ? "mvnw" : "gradlew") : file));
    boolean several =
        maven ? build.contains("<modules>") : !draft.app().glob("*/build.gradle*").isEmpty();
    if (several) {
      draft.reason("Copies the sources before fetching dependencies: there are several modules");
    }
    draft.put("copies", several ? List.of() : copies(draft, maven));
    draft.put("jars", jars(maven ? "target" : "build/libs", several));
    draft.put("libs", maven ? "target" : "build/libs");
    draft.takeProcfile();
    String kind = draft.start().isPresent() ? "all" : kind(build, maven);
    draft.put("kind", kind);
    draft.put(
        "install", kind.equals("distribution") ? gradleModule(draft.app()) + "build/install" : "");
    draft.put("task", kind.equals("distribution") ? "installDist" : "assemble");
    switch (kind) {
      case "quarkus" ->
          draft.guessStart(
              "java -Dquarkus.http.host=0.0.0.0 -Dquarkus.http.port=$PORT -jar quarkus-run.jar",
              "this is Quarkus");
      case "jar" ->
          draft.guessStart(
              draft.process() == RunPlan.Process.WEB
                  ? "java -Dserver.port=$PORT -jar app.jar"
                  : "java -jar app.jar",
              "the build makes a jar that can be started");
      case "distribution" ->
          draft.guessStart("./bin/start", "Gradle's application plugin makes it");
      default -> {}
    }
    if (draft.start().isEmpty()) {
      throw new BuildFailure.UserFault(
          file
              + " makes no jar that can be started by itself: add Spring Boot's, Quarkus', "
              + (maven
                  ? "the shade or the assembly plugin"
                  : "the application or the shadow plugin")
              + ", or a start command to the app");
    }
  }

  /** Where the build may leave what can be started. */
  private static String jars(String folder, boolean several) {
    String own = folder + "/*.jar " + folder + "/*.war";
    return several ? own + " */" + folder + "/*.jar */" + folder + "/*.war" : own;
  }

  private static String kind(String build, boolean maven) {
    if (build.contains("quarkus-maven-plugin") || build.contains("io.quarkus")) {
      return "quarkus";
    }
    if (maven) {
      return build.contains("spring-boot-maven-plugin")
              || build.contains("maven-shade-plugin")
              || build.contains("maven-assembly-plugin")
              || build.contains("micronaut-maven-plugin")
              || build.contains("<mainClass>")
          ? "jar"
          : "library";
    }
    if (GRADLE_BOOT.matcher(build).find()
        || build.contains("shadow")
        || build.contains("Main-Class")) {
      return "jar";
    }
    return GRADLE_APPLICATION.matcher(build).find() ? "distribution" : "library";
  }

  private static String pom(Repository app) throws BuildFailure {
    String pom = app.text("pom.xml").orElse("");
    XmlCheck.check("pom.xml", pom);
    return withoutComments(pom) + modules(app, "*/pom.xml");
  }

  private static String withoutComments(String xml) {
    StringBuilder rest = new StringBuilder();
    int at = 0;
    for (int from = xml.indexOf("<!--"); from >= 0; from = xml.indexOf("<!--", at)) {
      int to = xml.indexOf("-->", from);
      rest.append(xml, at, from);
      if (to < 0) {
        return rest.toString();
      }
      at = to + "-->".length();
    }
    return rest.append(xml, at, xml.length()).toString();
  }

  private static String gradleFile(Repository app) throws BuildFailure {
    StringBuilder all = new StringBuilder();
    for (String file : List.of("build.gradle", "build.gradle.kts")) {
      all.append(app.text(file).orElse(""));
      all.append(modules(app, "*/" + file));
    }
    return all.toString();
  }

  /** What the modules' files say, of as many as a project may have. */
  private static String modules(Repository app, String files) throws BuildFailure {
    StringBuilder all = new StringBuilder();
    for (String file : app.glob(files).stream().limit(MAX_MODULES).toList()) {
      String text = app.textOrNothing(file);
      if (all.length() + text.length() > MAX_CHARACTERS) {
        break;
      }
      all.append(file.endsWith(".xml") ? withoutComments(text) : text).append('\n');
    }
    return all.toString();
  }

  /** What shows that this is Gradle's: projects of several modules may have the settings alone. */
  private static String gradleName(Repository app) {
    return List.of("build.gradle", "build.gradle.kts", "settings.gradle", "settings.gradle.kts")
        .stream()
        .filter(app::has)
        .findFirst()
        .orElse("build.gradle");
  }

  /** Which module is a program, with a slash at its end; nothing if it is the project itself. */
  private static String gradleModule(Repository app) throws BuildFailure {
    Set<String> programs = new TreeSet<>();
    for (String name : List.of("build.gradle", "build.gradle.kts")) {
      if (GRADLE_APPLICATION.matcher(app.textOrNothing(name)).find()) {
        return "";
      }
      for (String file : app.glob("*/" + name).stream().limit(MAX_MODULES).toList()) {
        if (GRADLE_APPLICATION.matcher(app.textOrNothing(file)).find()) {
          programs.add(file.substring(0, file.length() - name.length()));
        }
      }
    }
    if (programs.size() > 1) {
      throw new BuildFailure.UserFault(
          "Which of the programs in "
              + Draft.line(String.join(", ", programs))
              + " is meant is not clear: add a build command such as 'gradle installDist', and as"
              + " start command the script below its build/install, to the app");
    }
    return programs.isEmpty() ? "" : Draft.path(programs.iterator().next());
  }

  private static List<Map<String, String>> copies(Draft draft, boolean maven) throws BuildFailure {
    Repository app = draft.app();
    List<String> files = new ArrayList<>();
    for (String file :
        maven
            ? List.of("pom.xml", "mvnw")
            : List.of(
                "build.gradle",
                "build.gradle.kts",
                "settings.gradle",
                "settings.gradle.kts",
                "gradle.properties",
                "gradlew")) {
      if (app.has(file)) {
        files.add(file);
      }
    }
    List<Map<String, String>> copies = new ArrayList<>(Draft.copies(draft.root(), files));
    String folder = maven ? ".mvn" : "gradle";
    if (app.hasFolder(folder)) {
      copies.add(Map.of("from", draft.root() + folder, "to", folder));
    }
    return copies;
  }
}
