package io.skypanel.worker.hostile;

import io.skypanel.worker.sandbox.BusyboxImage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;

/** Dockerfiles that reach for what is not their app's. */
public final class HostileDockerfiles {
  /** The name of another app's image; whether it is there makes no difference. */
  public static final String VICTIM = "skypanel-app-victim:v1";

  private static final String FOREIGN = "no image of this app's";
  private static final String UNTOLD = "can't be told";
  private static final String REMOTE = "is an address or may become one";

  private HostileDockerfiles() {}

  /** All of them. */
  public static List<HostileContent> all() {
    return List.of(
        fails("from-another-app", FOREIGN, "FROM " + VICTIM),
        fails("from-another-app-by-its-long-name", FOREIGN, "FROM docker.io/library/" + VICTIM),
        fails("from-by-arguments", FOREIGN, "ARG A=skypanel-app B=victim\nFROM ${A}-$B:v1"),
        fails("from-by-a-default", FOREIGN, "FROM ${NONE:-" + VICTIM + "}"),
        fails("from-by-an-alternative", FOREIGN, "ARG A=1\nFROM ${A:+" + VICTIM + "}"),
        fails("from-by-a-pattern", UNTOLD, "ARG A=x" + VICTIM + "\nFROM ${A#x}"),
        fails("from-over-lines", FOREIGN, "# escape=`\nfrom `\n # comment\n" + VICTIM),
        fails("from-in-quotes", FOREIGN, "FROM \"skypanel\"-app-'victim':v\\1"),
        fails("from-a-stage-of-that-name", FOREIGN, named() + "FROM skypanel-app-victim"),
        fails("from-behind-a-heredoc", FOREIGN, base("RUN <<'E\\'\nE\\\nFROM " + VICTIM)),
        fails(
            "from-behind-what-may-be-a-heredoc",
            UNTOLD,
            base("RUN true <<${X:-E}\nE\nFROM " + VICTIM + "\n${X:-E}")),
        fails("from-with-a-long-s", FOREIGN, "FROM " + VICTIM + " a\u017f y\n" + base("")),
        fails(
            "from-behind-a-heredoc-to-some",
            FOREIGN,
            base("RUN cat << E\nRUN <<F\nE\nFROM " + VICTIM + "\nF")),
        fails(
            "from-behind-an-escape-to-some",
            "escape character",
            "#!x\n# escape=`\n" + base("RUN true \\\nFROM " + VICTIM)),
        raw("from-behind-a-broken-byte", UNTOLD, "FROM \u0085" + VICTIM),
        raw(
            "copy-from-behind-a-broken-byte",
            UNTOLD,
            base("COPY \u00a0--from=" + VICTIM + " / /x")),
        fails("copy-from-another-app", FOREIGN, base("COPY --from=" + VICTIM + " / /x")),
        fails("copy-from-an-argument", UNTOLD, base("ARG A\nCOPY --from=$A / /x")),
        fails("copy-from-put-off", FOREIGN, base("ONBUILD COPY --from=" + VICTIM + " / /x")),
        fails(
            "mount-from-another-app",
            FOREIGN,
            base("RUN --mount=type=bind,\"FROM=" + VICTIM + "\",target=/x cp -r /x /y")),
        fails(
            "cache-mount-from-another-app",
            FOREIGN,
            base("RUN --mount=type=cache,target=/x,from=" + VICTIM + " true")),
        fails("add-of-metadata", REMOTE, base("ADD http://169.254.169.254/latest /x")),
        fails("add-in-json", REMOTE, base("ADD [\"HTTP://127.0.0.1:2375/info\", \"/x\"]")),
        fails("add-by-a-variable", REMOTE, base("ENV A=http://127.0.0.1/\nADD $A /x")),
        fails("add-of-a-repository", REMOTE, base("ADD git@127.0.0.1:x/y.git /x")),
        fails("add-put-off", REMOTE, base("ONBUILD ADD --chown=1 https://127.0.0.1/x /x")),
        fails("add-behind-an-escaped-blank", REMOTE, base("ADD a\\ http://127.0.0.1/x /d/")),
        fails("add-behind-a-list", REMOTE, base("ADD [\"a\",\"b\"] http://127.0.0.1/x /d/")),
        fails("add-in-a-list-before-text", REMOTE, base("ADD [\"http://127.0.0.1/x\", \"/x\"]y")),
        fails("add-in-a-list-before-a-word", REMOTE, base("ADD [\"http://127.0.0.1/x\",\"/x\"] y")),
        fails("add-in-a-list-without-an-end", REMOTE, base("ADD [\"http://127.0.0.1/x\", \"/x\"")),
        fails("from-metadata", "link-local or metadata", "FROM 169.254.169.254/latest/meta-data"),
        fails("copy-from-metadata", "link-local", base("COPY --from=2852039166:80/x / /x")),
        fails("frontend", "not allowed", "# syntax=evil/frontend:1\n" + base("RUN true"))
            .ofBuildKit(),
        fails("frontend-after-a-shebang", "not allowed", "#!x\n//syntax=evil/frontend\n" + base(""))
            .ofBuildKit(),
        fails("frontend-in-json", "is JSON", "{\"syntax\":\"evil/frontend\"}").ofBuildKit(),
        fails("insecure-step", "security", base("RUN --security=insecure true")),
        fails("step-on-the-hosts-network", "network", base("RUN --network=host true")),
        fails("sixty-thousand-ports", "The image can't be used", base("EXPOSE 1-60000")),
        fails("half-a-million-lines", "more than 10000 lines", "A\n".repeat(524_000)),
        fails(
            "here-documents-of-many-lines",
            "more than 10000 lines",
            "FROM a\nRUN " + "<<A ".repeat(1000) + "\n" + "A\n".repeat(400_000)),
        fails("doubled-number", "grows to more than", base("ENV 1=x$1$1\n".repeat(35))),
        fails("doubled-variable", "grows to more than", base(doubled())),
        harmless(
            "labels-of-another-app",
            base("LABEL io.skypanel.app=victim io.skypanel.worker=x io.skypanel.deployment=y")),
        harmless(
                "namespace-of-another-app",
                "ARG BUILDKIT_CACHE_MOUNT_NS=victim\n"
                    + base(
                        "ARG BUILDKIT_CACHE_MOUNT_NS=victim\n"
                            + "RUN --mount=type=cache,id=victim/x,target=/x test -z \"$(ls /x)\""))
            .ofBuildKit(),
        harmless(
            "step-that-looks-for-the-host",
            base(
                "RUN test ! -e /var/run/docker.sock && ! mount -t tmpfs x /mnt && ! ls /dev/mem")));
  }

  /** A Dockerfile of an app that serves, with more instructions. */
  static String base(String more) {
    return "FROM " + BusyboxImage.NAME + "\n" + more + "\n" + serving();
  }

  private static String serving() {
    return "EXPOSE 3000\nCMD [\"httpd\", \"-f\", \"-p\", \"3000\"]\n";
  }

  private static String named() {
    return base("").replaceFirst("\n", " AS skypanel-app-victim\n");
  }

  private static String doubled() {
    return "ENV A=" + "x".repeat(1000) + "\n" + "ENV A=$A$A\n".repeat(11);
  }

  private static HostileContent fails(String name, String message, String dockerfile) {
    return HostileContent.fails(
        name,
        message,
        folder -> Files.writeString(folder.resolve("Dockerfile"), dockerfile + "\n"));
  }

  /** With the characters as single bytes, of which some are no UTF-8. */
  private static HostileContent raw(String name, String message, String dockerfile) {
    return HostileContent.fails(
        name,
        message,
        folder ->
            Files.writeString(
                folder.resolve("Dockerfile"), dockerfile + "\n", StandardCharsets.ISO_8859_1));
  }

  private static HostileContent harmless(String name, String dockerfile) {
    return HostileContent.harmless(
        name, folder -> Files.writeString(folder.resolve("Dockerfile"), dockerfile));
  }
}
