package io.skypanel.worker.runtime;

import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.RunPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which project of a .NET repository is the app. */
final class DotnetFacts implements Facts {
  private static final Pattern ASSEMBLY =
      Pattern.compile("<AssemblyName>\\s*([\\w.-]+)\\s*</AssemblyName>");
  private static final List<String> SHARED =
      List.of(
          "global.json",
          "nuget.config",
          "NuGet.config",
          "Directory.Build.props",
          "Directory.Build.targets",
          "Directory.Packages.props");
  private static final int MAX_PROJECTS = 100;

  @Override
  public void find(Draft draft) throws BuildFailure {
    Repository app = draft.app();
    List<String> projects = new ArrayList<>();
    for (String ending : List.of("csproj", "fsproj")) {
      projects.addAll(app.glob("*." + ending));
      projects.addAll(app.glob("**/*." + ending));
    }
    Chosen chosen = choose(app, projects);
    String project = Draft.path(chosen.path());
    draft.reason("Publishes " + project + ": " + chosen.why());
    draft.put("project", project);
    List<String> first = new ArrayList<>(SHARED.stream().filter(app::has).toList());
    first.addAll(projects);
    draft.put("copies", Draft.copies(draft.root(), first));
    if (chosen.sdk().equals("Worker")) {
      draft.become(RunPlan.Process.WORKER, "its SDK is Microsoft.NET.Sdk.Worker");
    }
    draft.takeProcfile();
    Matcher assembly = ASSEMBLY.matcher(app.text(project).orElse(""));
    String name = assembly.find() ? assembly.group(1) : stem(project);
    draft.guessStart(
        (draft.process() == RunPlan.Process.WEB ? "ASPNETCORE_URLS=http://0.0.0.0:$PORT exec " : "")
            + "dotnet "
            + name
            + ".dll",
        "that is what it publishes");
  }

  private record Chosen(String path, String sdk, String why) {}

  private static Chosen choose(Repository app, List<String> projects) throws BuildFailure {
    List<Chosen> web = new ArrayList<>();
    List<Chosen> other = new ArrayList<>();
    for (String path : projects.stream().limit(MAX_PROJECTS).toList()) {
      String text = app.text(path).orElse("");
      XmlCheck.check(path, text);
      if (text.contains("Microsoft.NET.Sdk.Web\"")) {
        web.add(new Chosen(path, "Web", "its SDK is Microsoft.NET.Sdk.Web"));
      } else if (text.contains("Microsoft.NET.Sdk.Worker\"")) {
        other.add(new Chosen(path, "Worker", "its SDK is Microsoft.NET.Sdk.Worker"));
      } else if (text.contains("<OutputType>Exe</OutputType>")) {
        other.add(new Chosen(path, "Exe", "it is a program"));
      }
    }
    List<Chosen> candidates = web.isEmpty() ? other : web;
    if (candidates.size() == 1) {
      return candidates.get(0);
    }
    throw new BuildFailure.UserFault(
        candidates.isEmpty()
            ? "No .NET project of the repository is a program: add one whose SDK is"
                + " Microsoft.NET.Sdk.Web, or set rootDirectory"
            : "Which project of "
                + Draft.line(String.join(", ", candidates.stream().map(Chosen::path).toList()))
                + " is meant is not clear: set rootDirectory to its folder");
  }

  private static String stem(String path) {
    return path.substring(path.lastIndexOf('/') + 1).replaceFirst("\\.[a-z]+$", "");
  }
}
