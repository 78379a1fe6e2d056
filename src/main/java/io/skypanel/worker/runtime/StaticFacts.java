package io.skypanel.worker.runtime;

import io.skypanel.worker.job.BuildFailure;

/** Which folder of a static site is served. */
final class StaticFacts implements Facts {
  @Override
  public void find(Draft draft) throws BuildFailure {
    boolean publicFolder = !draft.app().has("index.html");
    String folder = draft.root() + (publicFolder ? "public/" : "");
    draft.put("folder", folder.isEmpty() ? "." : folder);
    draft.put("spa", false);
    draft.reason(
        "Serves the files in "
            + (publicFolder ? "public" : "the repository's folder")
            + ": there is index.html");
    if (draft.build().isPresent() || draft.start().isPresent()) {
      throw new BuildFailure.UserFault(
          "A static site is served as it is, without a build or start command: remove it, or add"
              + " the manifest of what runs it (such as package.json)");
    }
  }
}
