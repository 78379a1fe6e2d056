package io.skypanel.worker.checkout;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.Shown;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Asks a repository's ssh server where its LFS server is, and by what header it knows who asked.
 *
 * @param git whose ssh is gone by
 * @param remote the repository
 * @see <a
 *     href="https://github.com/git-lfs/git-lfs/blob/main/docs/api/server-discovery.md">git-lfs-authenticate</a>
 */
record SshLogin(Git git, GitRemote remote) {
  private static final int MAX_CHARS = 64 * 1024;

  /** User and host, port and path of either form of address. */
  private static final Pattern ADDRESS =
      Pattern.compile("(?:ssh://)?([^/:]+@)?(\\[[^]]+]|[^/:]+)(?::([0-9]+)(?=/)|:)?(.*)");

  private static final Pattern PATH = Pattern.compile("[A-Za-z0-9@._/~+-]+");

  /**
   * The LFS server.
   *
   * @throws LfsRefusal if the ssh server names none
   */
  LfsServer server(GateHttp http) throws IOException, BuildFailure {
    Matcher address = ADDRESS.matcher(remote.url());
    if (!address.matches() || !PATH.matcher(address.group(4)).matches()) {
      throw new LfsRefusal("the repository's path can't be handed to its ssh server");
    }
    String user = address.group(1) == null ? "" : address.group(1);
    String host = user + address.group(2).replaceAll("[\\[\\]]", "");
    List<String> command =
        new ArrayList<>(
            List.of("sh", "-c", git.environment().get("GIT_SSH_COMMAND") + " \"$@\"", "ssh"));
    if (address.group(3) != null) {
      command.addAll(List.of("-p", address.group(3)));
    }
    command.addAll(List.of(host, "git-lfs-authenticate " + address.group(4) + " download"));
    StringBuilder said = new StringBuilder();
    int exitCode =
        git.runner()
            .run(
                command,
                git.directory(),
                git.environment(),
                text -> said.append(text, 0, Math.min(text.length(), MAX_CHARS - said.length())),
                git.build().stop());
    if (exitCode != 0) {
      throw new LfsRefusal("its ssh server says " + Shown.of(said.toString().strip()));
    }
    // what ssh warns of may stand before it
    JsonNode answer = new ObjectMapper().readTree(said.substring(Math.max(0, said.indexOf("{"))));
    String href = answer.path("href").asText("");
    if (href.isEmpty()) {
      throw new LfsRefusal("its ssh server names no LFS server");
    }
    return new LfsServer(http, href, LfsServer.headers(answer));
  }
}
