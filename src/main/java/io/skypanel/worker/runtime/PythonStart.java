package io.skypanel.worker.runtime;

import io.skypanel.worker.job.BuildFailure;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How a Python app is started. */
final class PythonStart {
  private static final String BIND = " --bind 0.0.0.0:$PORT";
  private static final String UVICORN = " --host 0.0.0.0 --port $PORT";
  private static final List<String> FOLDERS = List.of("", "app/", "src/", "api/");
  private static final List<String> NAMES =
      List.of(
          "main.py",
          "app.py",
          "server.py",
          "asgi.py",
          "wsgi.py",
          "api.py",
          "__init__.py",
          "run.py");
  private static final Pattern DJANGO_SETTINGS =
      Pattern.compile("DJANGO_SETTINGS_MODULE['\"]\\s*,\\s*['\"]([\\w.]+)['\"]");
  private static final List<String> PROGRAMS =
      List.of("main.py", "app.py", "server.py", "run.py", "bot.py", "src/main.py");

  private final Draft draft;
  private final Repository app;
  private final String dependencies;

  PythonStart(Draft draft, String dependencies) {
    this.draft = draft;
    this.app = draft.app();
    this.dependencies = dependencies;
  }

  /** The texts that name an app's dependencies, in small letters. */
  static String dependencies(Repository app, List<String> more) {
    StringBuilder all = new StringBuilder();
    for (String file : List.of("requirements.txt", "pyproject.toml", "Pipfile", "setup.py")) {
      all.append(app.textOrNothing(file)).append('\n');
    }
    more.stream()
        .filter(file -> file.endsWith(".txt"))
        .forEach(file -> all.append(app.textOrNothing(file)).append('\n'));
    return all.toString().toLowerCase(Locale.ROOT).replaceAll("(?m)^[ \\t]*#.*$", "");
  }

  static boolean depends(String dependencies, String name) {
    return Pattern.compile("(?m)(?<![\\w.-])" + Pattern.quote(name) + "(?![\\w.-])")
        .matcher(dependencies)
        .find();
  }

  /** An object of the app that a server loads, such as {@code main:app}. */
  private record Target(String module, String object) {}

  void find() throws BuildFailure {
    draft.takeProcfile();
    if (app.has("manage.py")) {
      django();
    }
    if (depends("fastapi") || depends("starlette")) {
      asgi();
    }
    if (depends("flask")) {
      flask();
    }
    if (depends("streamlit")) {
      program()
          .ifPresent(
              file ->
                  draft.guessStart(
                      "streamlit run " + file + " --server.address 0.0.0.0 --server.port $PORT",
                      "the app depends on Streamlit"));
    }
    program().ifPresent(file -> draft.guessStart("python " + file, "there is " + file));
    if (draft.start().isEmpty()) {
      throw new BuildFailure.UserFault(
          "Nothing says how this Python app is started: add a Procfile with a line such as"
              + " 'web: gunicorn --bind 0.0.0.0:$PORT app:app', a main.py, or a start command to"
              + " the app");
    }
  }

  private void django() throws BuildFailure {
    Matcher module = DJANGO_SETTINGS.matcher(app.text("manage.py").orElse(""));
    if (!module.find()) {
      return;
    }
    String settings = module.group(1);
    String project =
        settings.contains(".") ? settings.substring(0, settings.indexOf('.')) : settings;
    String settingsText =
        app.textOrNothing(settings.replace('.', '/') + ".py")
            + app.textOrNothing(project + "/settings/base.py");
    if (Pattern.compile("(?m)^STATIC_ROOT\\s*=").matcher(settingsText).find()) {
      draft.guessBuild(
          "python manage.py collectstatic --noinput", "the settings have a STATIC_ROOT");
    }
    if (depends("gunicorn")) {
      draft.guessStart("gunicorn " + project + ".wsgi" + BIND, "this is Django, with gunicorn");
    } else {
      warn("python manage.py runserver 0.0.0.0:$PORT", "Django");
    }
  }

  private void asgi() throws BuildFailure {
    Optional<Target> target = target("(?:FastAPI|Starlette)");
    if (target.isEmpty() || draft.start().isPresent()) {
      return;
    }
    String name = target.get().module() + ":" + target.get().object();
    if (depends("uvicorn") || dependencies.contains("fastapi[")) {
      draft.guessStart("uvicorn " + name + UVICORN, "this is FastAPI, with uvicorn");
    } else if (depends("hypercorn")) {
      draft.guessStart("hypercorn " + name + BIND, "this is FastAPI, with hypercorn");
    } else {
      throw new BuildFailure.UserFault(
          "This FastAPI app has no server to start it with: add uvicorn to its requirements");
    }
  }

  private void flask() throws BuildFailure {
    Optional<Target> target = target("Flask");
    if (target.isEmpty()) {
      target = factory();
    }
    if (target.isEmpty()) {
      return;
    }
    String name = target.get().module() + ":" + target.get().object();
    if (depends("gunicorn")) {
      draft.guessStart(
          "gunicorn " + (name.endsWith(")") ? "'" + name + "'" : name) + BIND,
          "this is Flask, with gunicorn");
    } else {
      String shown = name.endsWith("()") ? target.get().module() : name;
      warn("flask --app " + shown + " run" + UVICORN, "Flask");
    }
  }

  private void warn(String command, String framework) {
    if (draft.start().isEmpty()) {
      draft.guessStart(command, "this is " + framework);
      draft.reason(
          "Warning: that is "
              + framework
              + "'s server for development; add gunicorn to the requirements");
    }
  }

  /** Where a module makes an object of that class. */
  private Optional<Target> target(String type) throws BuildFailure {
    // one class for the qualifier: Java runs a repeated group on the stack, of which it runs out
    return look(
        Pattern.compile("(?m)^(\\w+)\\s*(?::\\s*[\\w.]+\\s*)?=\\s*[\\w.]*\\b" + type + "\\("), "");
  }

  private Optional<Target> factory() throws BuildFailure {
    return look(Pattern.compile("(?m)^def (create_app)\\("), "()");
  }

  private Optional<Target> look(Pattern pattern, String call) throws BuildFailure {
    for (String folder : FOLDERS) {
      for (String name : NAMES) {
        Matcher matcher = pattern.matcher(app.textOrNothing(folder + name));
        if (matcher.find()) {
          String module =
              (folder + name).replace(".py", "").replace("/__init__", "").replace('/', '.');
          return Optional.of(new Target(module, matcher.group(1) + call));
        }
      }
    }
    return Optional.empty();
  }

  private Optional<String> program() {
    return PROGRAMS.stream().filter(app::has).findFirst();
  }

  private boolean depends(String name) {
    return depends(dependencies, name);
  }
}
