package io.skypanel.worker.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import io.skypanel.worker.job.BuildFailure;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How the dependencies of a Python app are installed. */
final class PythonFacts implements Facts {
  /** A line of requirements.txt that names another file of its kind. */
  private static final Pattern NESTED =
      Pattern.compile("(?m)^[ \\t]*(?:-r|-c|--requirement|--constraint)[ =]*(\\S+)");

  /** One that names a package of the repository. */
  private static final Pattern LOCAL =
      Pattern.compile("(?m)^[ \\t]*(?:-e\\s+\\.|\\.{1,2}/|\\.\\s*$|\\.\\[|file:|-e\\s+\\w+/)");

  private static final int MAX_NESTED = 20;

  /** Of one file; each is looked for on the disk. */
  private static final int MAX_NESTED_LINES = 100;

  /** Libraries that packages load but whose wheels lack them. */
  private static final Map<String, String> LIBRARIES =
      Map.of("psycopg2", "libpq5", "mysqlclient", "libmariadb3", "psycopg", "libpq5");

  @Override
  public void find(Draft draft) throws BuildFailure {
    Repository app = draft.app();
    JsonNode project = app.tree("pyproject.toml");
    String tool = tool(app, project);
    draft.put("tool", tool);
    draft.put("requirements", "requirements.txt");
    draft.put("lock", app.has("uv.lock"));
    draft.put("package", project.at("/tool/poetry/package-mode").asBoolean(true));
    Set<String> files = new LinkedHashSet<>();
    boolean sourcesFirst = false;
    switch (tool) {
      case "uv" -> {
        files.addAll(List.of("pyproject.toml", "uv.lock"));
        draft.reason(
            "Installs with uv"
                + (app.has("uv.lock") ? ": there is uv.lock" : ", without uv.lock: commit one"));
        sourcesFirst = project.at("/tool/uv/workspace").isObject();
      }
      case "poetry" -> {
        files.addAll(List.of("pyproject.toml", "poetry.lock"));
        draft.reason("Installs with poetry: pyproject.toml is Poetry's");
      }
      case "pipenv" -> {
        files.addAll(List.of("Pipfile", "Pipfile.lock"));
        draft.reason("Installs with pip what Pipfile.lock says");
      }
      case "pip" -> {
        sourcesFirst = requirements(app, "requirements.txt", files);
        draft.reason("Installs with pip what requirements.txt says");
      }
      case "project" -> {
        sourcesFirst = true;
        draft.reason("Installs with pip the project itself: there is no lock file; commit one");
      }
      default -> draft.reason("Installs nothing: there are no requirements");
    }
    if (sourcesFirst) {
      draft.reason(
          "Copies the sources before installing: the repository's own packages are part of it");
    }
    draft.put("sourcesFirst", sourcesFirst);
    List<String> present = files.stream().filter(app::has).toList();
    draft.put("copies", Draft.copies(draft.root(), present));
    String dependencies = PythonStart.dependencies(app, present);
    draft.put("libraries", libraries(dependencies));
    new PythonStart(draft, dependencies).find();
  }

  private static String tool(Repository app, JsonNode project) throws BuildFailure {
    if (app.has("uv.lock")) {
      return "uv";
    }
    if (app.has("poetry.lock") || project.at("/tool/poetry").isObject()) {
      return "poetry";
    }
    if (app.has("requirements.txt")) {
      return "pip";
    }
    if (app.has("Pipfile.lock")) {
      return "pipenv";
    }
    if (app.has("Pipfile")) {
      throw new BuildFailure.UserFault("There is a Pipfile without Pipfile.lock: commit that too");
    }
    return project.has("project") || app.has("setup.py") ? "project" : "none";
  }

  /** Collects a file with those that it names; whether it names sources. */
  private static boolean requirements(Repository app, String file, Set<String> files)
      throws BuildFailure {
    if (files.size() >= MAX_NESTED || !files.add(file)) {
      return false;
    }
    String text = app.text(file).orElse("");
    boolean sources = LOCAL.matcher(text).find();
    Matcher nested = NESTED.matcher(text);
    for (int lines = 0; lines < MAX_NESTED_LINES && nested.find(); lines++) {
      int slash = file.lastIndexOf('/');
      String name = file.substring(0, slash + 1) + nested.group(1).replaceFirst("^\\./", "");
      if (app.has(name) && Draft.isPlain(name) && !name.contains("..")) {
        sources |= requirements(app, name, files);
      } else {
        sources = true;
      }
    }
    return sources;
  }

  private static String libraries(String dependencies) {
    Set<String> found = new LinkedHashSet<>();
    LIBRARIES.forEach(
        (name, library) -> {
          if (PythonStart.depends(dependencies, name)) {
            found.add(library);
          }
        });
    return String.join(" ", found);
  }
}
