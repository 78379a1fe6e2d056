package io.skypanel.worker.runtime;

import io.pebbletemplates.pebble.PebbleEngine;
import io.pebbletemplates.pebble.error.LoaderException;
import io.pebbletemplates.pebble.error.PebbleException;
import io.pebbletemplates.pebble.extension.AbstractExtension;
import io.pebbletemplates.pebble.extension.Function;
import io.pebbletemplates.pebble.loader.Loader;
import io.pebbletemplates.pebble.template.EvaluationContext;
import io.pebbletemplates.pebble.template.PebbleTemplate;
import io.skypanel.worker.job.BuildFailure;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Fills in the templates of {@code runtimes/}, which are written for Pebble. Immutable.
 *
 * @see <a href="https://pebbletemplates.io">Pebble</a>
 */
final class Templates {
  private static final int MAX_CHARACTERS = 1 << 20;

  /** Pebble takes the line break after a value away, as it should after a condition alone. */
  private static final String NEWLINE = "newline";

  private final RuntimeFiles files;

  Templates(RuntimeFiles files) {
    this.files = files;
  }

  /**
   * Fills in one.
   *
   * @param values the variables that it may use
   * @param buildKit what {@code cache(…)} depends on
   * @throws BuildFailure.WorkerFault with file, line and reason if the template is broken
   */
  String fill(String name, Map<String, Object> values, boolean buildKit) throws BuildFailure {
    PebbleEngine engine =
        new PebbleEngine.Builder()
            .loader(new FilesLoader(files))
            .autoEscaping(false)
            .strictVariables(true)
            .cacheActive(false)
            .maxRenderedSize(MAX_CHARACTERS)
            .extension(new CacheMounts(buildKit))
            .build();
    try {
      PebbleTemplate template = engine.getTemplate(name);
      StringWriter text = new StringWriter();
      Map<String, Object> all = new HashMap<>(values);
      all.put(NEWLINE, "\n");
      template.evaluate(text, all);
      // what a condition leaves out leaves empty lines
      return text.toString().strip().replaceAll("\\n{3,}", "\n\n") + "\n";
    } catch (Unreadable e) {
      throw e.fault;
    } catch (PebbleException e) {
      String file = e.getFileName() == null ? name : e.getFileName();
      String line = e.getLineNumber() == null ? "" : ":" + e.getLineNumber();
      throw new BuildFailure.WorkerFault(
          files.shown(file) + line + ": " + e.getPebbleMessage() + "; correct it", e);
    } catch (IOException | RuntimeException e) {
      throw new BuildFailure.WorkerFault(files.shown(name) + " can't be filled in: " + e, e);
    }
  }

  /** Pebble's exceptions of a loader are unchecked. */
  private static final class Unreadable extends LoaderException {
    private static final long serialVersionUID = 1L;
    private final transient BuildFailure fault;

    Unreadable(BuildFailure fault) {
      super(fault, fault.getMessage());
      this.fault = fault;
    }
  }

  private record FilesLoader(RuntimeFiles files) implements Loader<String> {
    @Override
    public Reader getReader(String name) {
      try {
        return new StringReader(files.read(name).replace("}}\n", "}}{{ " + NEWLINE + " }}\n"));
      } catch (BuildFailure e) {
        throw new Unreadable(e);
      }
    }

    @Override
    public void setCharset(String charset) {}

    @Override
    public void setPrefix(String prefix) {}

    @Override
    public void setSuffix(String suffix) {}

    @Override
    public String resolveRelativePath(String relativePath, String anchorPath) {
      return relativePath;
    }

    @Override
    public String createCacheKey(String name) {
      return name;
    }

    @Override
    public boolean resourceExists(String name) {
      return true;
    }
  }

  /** {@code cache("npm", "/root/.npm")}: a mount that builds share, where there are such. */
  private static final class CacheMounts extends AbstractExtension {
    private final boolean buildKit;

    CacheMounts(boolean buildKit) {
      this.buildKit = buildKit;
    }

    @Override
    public Map<String, Function> getFunctions() {
      return Map.of(
          "cache",
          new Function() {
            @Override
            public List<String> getArgumentNames() {
              return List.of("id", "target");
            }

            @Override
            public Object execute(
                Map<String, Object> arguments,
                PebbleTemplate self,
                EvaluationContext context,
                int lineNumber) {
              return buildKit
                  ? "--mount=type=cache,id=%s,target=%s,sharing=locked "
                      .formatted(arguments.get("id"), arguments.get("target"))
                  : "";
            }
          });
    }
  }
}
