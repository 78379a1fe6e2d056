package io.skypanel.worker.hostile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Trees that lead out of the checkout, or are more than a builder should be sent. */
public final class HostileContexts {
  private static final Path HOSTS = Path.of("/etc/passwd");

  /** What none of these builds may show: it stands in {@code /etc/passwd} of every machine. */
  public static final String SECRET = "root:x:0:0";

  private HostileContexts() {}

  /** All of them. */
  public static List<HostileContent> all() {
    return List.of(
        HostileContent.harmless("links-out", HostileContexts::linksOut),
        ignored("ignore-file-is-a-link-out", "is a link", HostileContexts::ignoreFileIsALink),
        ignored(
            "ignore-file-is-a-link-by-the-checkouts-name",
            "is a link",
            folder -> {
              write(folder, "ign", "*");
              link(folder, ".dockerignore", Path.of("../source/ign"));
            }),
        ignored(
            "ignored-and-not",
            "differently",
            folder -> write(folder, ".dockerignore", "huge\n/!huge\n")),
        ignored(
            "ignored-behind-a-caret",
            "differently",
            folder -> write(folder, ".dockerignore", "x^huge*\n")),
        ignored(
            "ignored-by-an-expression",
            "differently",
            folder -> write(folder, ".dockerignore", "[[:digit:]]*\n\\dx\n")),
        ignored(
            "kept-by-a-suffix",
            "more than 200000 files",
            folder -> {
              wide(folder, 200_001);
              write(folder, ".dockerignore", "*\n!**ide\n");
            }),
        ignored(
            "ignored-by-a-broken-byte",
            "no UTF-8",
            folder ->
                Files.write(
                    folder.resolve(".dockerignore"), new byte[] {(byte) 0xe2, (byte) 0x82, 'x'})),
        ignored(
            "ignored-twice-with-an-exception",
            "more than 200000 files",
            folder -> {
              wide(folder, 200_001);
              write(folder, ".dockerignore", "wide\n!wide/*\nwide\n");
            }),
        HostileContent.fails(
            "dockerfile-is-a-link-out", "leads out of the repository", HostileContexts::dockerfile),
        HostileContent.fails(
            "dockerfile-behind-a-folder-out",
            "",
            folder -> {
              link(folder, "skypanel.yaml.d", Path.of("/etc"));
              write(folder, "skypanel.yaml", "build:\n  dockerfile: skypanel.yaml.d/passwd\n");
            }),
        HostileContent.harmless(
            "dockerfile-is-a-link-to-another-on-the-host",
            HostileContexts::dockerfileByTheCheckoutsName),
        HostileContent.harmless(
            "dockerfile-in-a-folder-by-the-checkouts-name",
            folder -> {
              dockerfileByTheCheckoutsName(folder);
              Files.delete(folder.resolve("Dockerfile"));
              link(folder, "l", Path.of("../source"));
              write(folder, "skypanel.yaml", "build:\n  dockerfile: l/A\n");
            }),
        HostileContent.fails("copy-of-a-link-out", "COPY", HostileContexts::copyOfALink),
        HostileContent.fails(
            "app-files-are-links-out", "what kind of app", HostileContexts::appFilesAreLinks),
        HostileContent.fails(
            "own-file-is-a-link-out",
            "skypanel.yaml: it must be a file",
            folder -> link(folder, "skypanel.yaml", HOSTS)),
        HostileContent.harmless("odd-names", HostileContexts::oddNames),
        HostileContent.harmless("deep-folders", folder -> deep(folder, 200)),
        HostileContent.fails(
            "deeper-folders-than-are-sent",
            "nested more than 256 deep in d",
            folder -> deep(folder, 300)),
        HostileContent.harmless("patterns-that-backtrack", HostileContexts::patterns),
        HostileContent.fails("pattern-without-an-end", ".dockerignore", HostileContexts::pattern),
        HostileContent.fails(
            "ignore-file-without-measure", "64 KiB", HostileContexts::largeIgnoreFile),
        HostileContent.harmless("wide-folder", folder -> wide(folder, 20_000)),
        HostileContent.fails(
            "more-files-than-are-sent", "more than 200000 files", folder -> wide(folder, 200_001)),
        HostileContent.harmless(
            "more-files-than-are-sent-but-ignored",
            folder -> {
              wide(folder, 200_001);
              write(folder, ".dockerignore", "wide\n");
            }));
  }

  private static HostileContent ignored(
      String name, String message, HostileContent.Filling filling) {
    return HostileContent.fails(
        name,
        message,
        folder -> {
          serving(folder, "COPY . /app");
          filling.into(folder);
        });
  }

  private static void linksOut(Path folder) throws IOException {
    serving(folder, "COPY . /app\nRUN for f in $(find /app -type l); do cat $f; done; true");
    link(folder, "passwd", HOSTS.resolveSibling("shadow"));
    link(folder, "root", Path.of("/"));
    link(folder, "up", Path.of("../../../../../../etc"));
    link(folder, "loop", Path.of("loop"));
    link(folder, "self", Path.of("."));
  }

  private static void ignoreFileIsALink(Path folder) throws IOException {
    link(folder, ".dockerignore", HOSTS);
    link(folder, "Dockerfile.dockerignore", HOSTS);
  }

  private static void dockerfile(Path folder) throws IOException {
    link(folder, "Dockerfile", HOSTS);
  }

  /** A checkout's folder is called {@code source}; within the context that is another one. */
  private static void dockerfileByTheCheckoutsName(Path folder) throws IOException {
    write(folder, "A", HostileDockerfiles.base("RUN true"));
    Files.createDirectory(folder.resolve("source"));
    write(folder, "source/A", "FROM " + HostileDockerfiles.VICTIM + "\n");
    link(folder, "Dockerfile", Path.of("../source/A"));
  }

  private static void copyOfALink(Path folder) throws IOException {
    serving(folder, "COPY up/etc/hostname /stolen");
    link(folder, "up", Path.of("../../../../../../../.."));
  }

  private static void appFilesAreLinks(Path folder) throws IOException {
    for (String name :
        List.of("package.json", "Procfile", "requirements.txt", ".nvmrc", "go.mod")) {
      link(folder, name, HOSTS);
    }
  }

  private static void oddNames(Path folder) throws IOException {
    serving(folder, "COPY . /app");
    for (String name :
        List.of(
            "a\nb",
            "\u001b[2J",
            "-rf",
            "--from=x",
            "$(touch x)",
            "*",
            "[",
            "é\u202e",
            "n".repeat(255))) {
      write(folder, name, "x");
    }
  }

  private static void deep(Path folder, int levels) throws IOException {
    serving(folder, "COPY . /app");
    Path deep = Files.createDirectories(folder.resolve("d/".repeat(levels)));
    write(deep, "end", "x");
  }

  private static void patterns(Path folder) throws IOException {
    serving(folder, "COPY . /app");
    write(folder, "a".repeat(200), "x");
    write(
        folder, ".dockerignore", ("*a".repeat(100) + "b\n" + "**/a*".repeat(50) + "\n").repeat(50));
  }

  private static void pattern(Path folder) throws IOException {
    serving(folder, "COPY . /app");
    write(folder, ".dockerignore", "[a-\n");
  }

  private static void largeIgnoreFile(Path folder) throws IOException {
    serving(folder, "COPY . /app");
    write(folder, ".dockerignore", "some/path/that/is/not/there\n".repeat(5000));
  }

  private static void wide(Path folder, int files) throws IOException {
    serving(folder, "RUN true");
    Path wide = Files.createDirectory(folder.resolve("wide"));
    for (int i = 0; i < files; i++) {
      Files.createFile(wide.resolve(Integer.toString(i)));
    }
  }

  private static void serving(Path folder, String more) throws IOException {
    write(folder, "Dockerfile", HostileDockerfiles.base(more));
  }

  private static void write(Path folder, String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }

  private static void link(Path folder, String name, Path target) throws IOException {
    Files.createSymbolicLink(folder.resolve(name), target);
  }
}
