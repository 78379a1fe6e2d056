package io.skypanel.worker.checkout;

import io.skypanel.worker.job.BuildFailure;
import io.skypanel.worker.job.GitSource;
import io.skypanel.worker.job.Shown;
import io.skypanel.worker.job.StopSignal;
import io.skypanel.worker.settings.GitCredentials.Login;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.eclipse.jgit.dircache.DirCache;
import org.eclipse.jgit.dircache.DirCacheEntry;
import org.eclipse.jgit.errors.ConfigInvalidException;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.Repository;

/**
 * Fetches the large files of a checkout, in which git has left their pointers. git puts them in
 * place by git-lfs, which opens no connection: it goes to this machine's own loopback past every
 * proxy, wherever a repository or a server sends it. For one use.
 */
final class LfsFiles {
  private static final int MAX_POINTERS = 100_000;
  private static final int BATCH = 100;
  private static final int MAX_CONFIG_BYTES = 64 * 1024;
  private static final int MAX_DEPTH = 16;

  private final Git git;
  private final Map<String, Login> logins;
  private final TlsSocketStrategy tls;

  /**
   * @param git in the checkout's work tree
   * @param logins by scheme, host and port
   * @param tls whose certificates count
   */
  LfsFiles(Git git, Map<String, Login> logins, TlsSocketStrategy tls) {
    this.git = git;
    this.logins = logins;
    this.tls = tls;
  }

  /**
   * Puts them in place, in submodules too.
   *
   * @throws BuildFailure saying which repository's could not be fetched, and why
   */
  void fetch() throws BuildFailure {
    fetch(git.directory(), 0);
  }

  private void fetch(Path directory, int depth) throws BuildFailure {
    List<Path> submodules = new ArrayList<>();
    try (Repository repository = CommitReader.open(directory)) {
      Map<String, LfsPointer> pointers = pointers(repository, submodules);
      if (!pointers.isEmpty()) {
        fetch(repository, pointers.values());
        place(directory, pointers.keySet());
      }
    } catch (LfsRefusal | ConfigInvalidException | RuntimeException e) {
      throw failure().ofLfsFiles(Shown.onOneLine(e.getMessage()));
    } catch (IOException e) {
      throw failure().ofLfsServer(Shown.onOneLine(String.valueOf(e.getMessage())));
    }
    for (Path submodule : submodules) {
      if (depth < MAX_DEPTH && Files.exists(submodule.resolve(Constants.DOT_GIT))) {
        fetch(submodule, depth + 1);
      }
    }
  }

  private GitFailure failure() throws BuildFailure {
    git.build().stop().check();
    GitSource source = git.build().job().source();
    return new GitFailure(source, new Git.Result(1, List.of(), git.gate().trouble()));
  }

  /**
   * Has git write them once more, now that their objects are there. git-lfs itself would write
   * through links (CVE-2025-26625).
   */
  private void place(Path directory, Collection<String> paths) throws IOException, BuildFailure {
    Path tree = directory.toRealPath();
    for (String path : paths) {
      Path file = tree.resolve(path);
      if (!file.getParent().toRealPath().startsWith(tree)) {
        throw new LfsRefusal("one lies behind a link");
      }
      Files.deleteIfExists(file);
    }
    Path list = git.build().workspace().resolve("lfs-files");
    Files.writeString(list, String.join("\0", paths));
    git.in(directory)
        .with(GitEnvironment.LFS_SKIP, "")
        .local(
            "checkout",
            "--literal-pathspecs",
            "checkout",
            "-q",
            "--pathspec-from-file=" + list,
            "--pathspec-file-nul");
  }

  /** By path. */
  private static Map<String, LfsPointer> pointers(Repository repository, List<Path> submodules)
      throws IOException {
    Map<String, LfsPointer> pointers = new LinkedHashMap<>();
    DirCache index = repository.readDirCache();
    for (int i = 0; i < index.getEntryCount(); i++) {
      DirCacheEntry entry = index.getEntry(i);
      if (entry.getFileMode() == FileMode.GITLINK) {
        submodules.add(repository.getWorkTree().toPath().resolve(entry.getPathString()));
      } else if (isFile(entry) && entry.getLength() <= LfsPointer.MAX_BYTES) {
        read(repository, entry.getObjectId(), LfsPointer.MAX_BYTES)
            .flatMap(LfsPointer::of)
            .ifPresent(pointer -> pointers.put(entry.getPathString(), pointer));
      }
      if (pointers.size() > MAX_POINTERS) {
        throw new LfsRefusal("there are more than " + MAX_POINTERS);
      }
    }
    return pointers;
  }

  private static boolean isFile(DirCacheEntry entry) {
    return entry.getFileMode() == FileMode.REGULAR_FILE
        || entry.getFileMode() == FileMode.EXECUTABLE_FILE;
  }

  private static Optional<byte[]> read(Repository repository, ObjectId id, int maxBytes)
      throws IOException {
    ObjectLoader blob = repository.open(id, Constants.OBJ_BLOB);
    return blob.getSize() <= maxBytes ? Optional.of(blob.getBytes()) : Optional.empty();
  }

  private void fetch(Repository repository, Collection<LfsPointer> pointers)
      throws IOException, ConfigInvalidException, BuildFailure {
    Path objects = repository.getDirectory().toPath().resolve("lfs/objects");
    List<LfsPointer> missing =
        Set.copyOf(pointers).stream()
            .filter(
                p ->
                    !Files.exists(
                        objects
                            .resolve(p.oid().substring(0, 2))
                            .resolve(p.oid().substring(2, 4))
                            .resolve(p.oid())))
            .toList();
    git.gate().begin();
    git.build().progress().info("Fetching LFS files (" + missing.size() + ")");
    try (GateHttp http = new GateHttp(git.gate(), logins, tls);
        StopSignal.Registration ignored = git.build().stop().onStop(http::close)) {
      LfsServer server = server(repository, http);
      for (int from = 0; from < missing.size(); from += BATCH) {
        git.build().stop().check();
        server.fetch(missing.subList(from, Math.min(missing.size(), from + BATCH)), objects);
      }
    }
  }

  /** The one that the repository names, or its own forge's. */
  private LfsServer server(Repository repository, GateHttp http)
      throws IOException, ConfigInvalidException, BuildFailure {
    Config named = config(repository);
    String origin = repository.getConfig().getString("remote", "origin", "url");
    String url =
        Optional.ofNullable(named.getString("lfs", null, "url"))
            .or(() -> Optional.ofNullable(named.getString("remote", "origin", "lfsurl")))
            .orElse("");
    if (!url.isEmpty()) {
      return new LfsServer(http, url, Map.of());
    }
    GitRemote remote = GitRemote.of(new GitSource(origin, "main", Optional.empty()));
    return switch (remote.protocol()) {
      case SSH -> new SshLogin(git, remote).server(http);
      case HTTP, HTTPS -> new LfsServer(http, ofRepository(origin), Map.of());
    };
  }

  /** Where forges have it. */
  static String ofRepository(String url) {
    return url.replaceFirst("/+$", "").replaceFirst("(\\.git)?$", ".git") + "/info/lfs";
  }

  private static Config config(Repository repository) throws IOException, ConfigInvalidException {
    Config config = new Config();
    DirCacheEntry entry = repository.readDirCache().getEntry(".lfsconfig");
    if (entry != null && isFile(entry)) {
      Optional<byte[]> text = read(repository, entry.getObjectId(), MAX_CONFIG_BYTES);
      config.fromText(
          new String(
              text.orElseThrow(() -> new LfsRefusal(".lfsconfig is larger than 64 KiB")),
              StandardCharsets.UTF_8));
    }
    return config;
  }
}
