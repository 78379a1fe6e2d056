package io.skypanel.worker.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skypanel.worker.job.BuildFailure;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DockerIgnoreTest {
  @TempDir Path checkout;

  @ParameterizedTest
  @CsvSource({
    "*.md, README.md, true",
    "*.md, docs/README.md, false",
    "**/*.md, README.md, true",
    "**/*.md, a/b/README.md, true",
    "docs, docs/a/b, true",
    "docs/, docs/a, true",
    "/docs, docs, true",
    "./docs/../src//x, src/x, true",
    "a/**/b, a/b, true",
    "a/**/b, a/x/y/b, true",
    "a/**, a/x/y, true",
    "**.log, a/b.log, true",
    "**.log, .log, true",
    "**.log, b.logs, false",
    "**modules, node_modules/x, true",
    "**a/b, xa/b, true",
    "**/a, xa, false",
    "**/a/b, x/a/b, true",
    "**x*, ax, false",
    "**x], ax], false",
    "**x**, ax/y, false",
    "a**x, abx, false",
    "a**x, ab/x, true",
    "a?c, abc, true",
    "a?c, a/c, false",
    "[a-c]x, bx, true",
    "[^a-c]x, bx, false",
    "c++, c++, true",
    "a.c, abc, false",
    "\\*, *, true",
    "\\*, a, false",
    "\\^x, ^x, true",
    "a\\.\\_\\ b, a._ b, true",
    "[a^], ^, true",
    "[\\]\\-], -, true",
    "[:x], :, true",
    "x], x], true",
  })
  void matchesAsDockerDoes(String pattern, String path, boolean excluded) {
    assertThat(excludes(new DockerIgnore(List.of(pattern)), path)).isEqualTo(excluded);
  }

  @ParameterizedTest
  @CsvSource({
    "**/h*, false",
    "a/**/h*, false",
    "*/**, false",
    "**h, true",
    "**/h, true",
    "a/**, true",
  })
  void anExpressionEndsWithTheLineAndAPlainPatternDoesNot(String pattern, boolean excluded) {
    DockerIgnore ignore = new DockerIgnore(List.of(pattern, "!b"));

    assertThat(excludes(ignore, "a/x\ny/h")).isEqualTo(excluded);
  }

  @Test
  void theLastRuleThatMatchesWinsAndCommentsAndBlanksAreNone() {
    DockerIgnore ignore =
        new DockerIgnore(List.of("\uFEFF# all", "", "  *  ", "!src", "src/*.tmp", "! src/a.tmp"));

    assertThat(excludes(ignore, "README")).isTrue();
    assertThat(excludes(ignore, "src/main.c")).isFalse();
    assertThat(excludes(ignore, "src/b.tmp")).isTrue();
    assertThat(excludes(ignore, "src/a.tmp")).isFalse();
  }

  @Test
  void anExcludedFolderIsWalkedOnlyWhereAnExceptionNamesIt() {
    DockerIgnore ignore = new DockerIgnore(List.of("a", "b", "!a/x/keep"));

    assertThat(ignore.mayKeepBelow("a")).isTrue();
    assertThat(ignore.mayKeepBelow("a/x")).isTrue();
    assertThat(ignore.mayKeepBelow("a/y")).isFalse();
    assertThat(ignore.mayKeepBelow("b")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"'.git\n!.', illegal exclusion pattern", "'[', [", "large, larger than 64 KiB"})
  void aTextOfTheWorkersWithLinesOfTheRepositoryIsReadLikeItsFile(String text, String reason) {
    String ignored = text.equals("large") ? "node_modules\n".repeat(6000) : text;

    assertThatThrownBy(() -> IgnoreFile.of(ignored))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageStartingWith(".dockerignore: ")
        .hasMessageContaining(reason)
        .hasMessageEndingWith("; correct it");
  }

  @Test
  void theFileBesideTheDockerfileWinsAndBothAreAlwaysSent() throws Exception {
    Files.createDirectory(checkout.resolve("deploy"));
    Files.writeString(checkout.resolve(".dockerignore"), "wrong");
    Files.writeString(checkout.resolve("deploy/Dockerfile.dockerignore"), "*");

    DockerIgnore ignore = IgnoreFile.read(checkout, "deploy/Dockerfile");

    assertThat(excludes(ignore, "deploy/Dockerfile")).isFalse();
    assertThat(ignore.mayKeepBelow("deploy")).isTrue();
    assertThat(excludes(ignore, "deploy/Dockerfile.dockerignore")).isFalse();
    assertThat(excludes(ignore, "deploy/other")).isTrue();
  }

  @Test
  void aPatternThatCannotBeReadIsTheUsersFaultAndNamesTheFile() throws Exception {
    Files.writeString(checkout.resolve(".dockerignore"), "ok\n[a-\n");

    assertThatThrownBy(() -> IgnoreFile.read(checkout, "Dockerfile"))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessage(".dockerignore: syntax error in pattern '[a-'; correct it");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/etc/passwd", "../checkout/ign", "sub/ign", "absent", ".", "..", "link"})
  void anIgnoreFileThatIsALinkToMoreThanAFileBesideItIsTheUsersFault(String target)
      throws Exception {
    Files.createDirectory(checkout.resolve("sub"));
    Files.writeString(checkout.resolve("sub/ign"), "x");
    Files.writeString(checkout.resolve("ign"), "x");
    Files.createSymbolicLink(checkout.resolve("link"), Path.of("ign"));
    for (String name : List.of("Dockerfile.dockerignore", ".dockerignore")) {
      Path link = Files.createSymbolicLink(checkout.resolve(name), Path.of(target));

      assertThatThrownBy(() -> IgnoreFile.read(checkout, "Dockerfile"))
          .isInstanceOf(BuildFailure.UserFault.class)
          .hasMessage(
              name + " is a link that builders may follow to different files; make it a file");
      Files.delete(link);
    }
  }

  @Test
  void aLinkToAFileBesideItIsRead() throws Exception {
    Files.writeString(checkout.resolve(".gitignore"), "x");
    Files.createSymbolicLink(checkout.resolve(".dockerignore"), Path.of(".gitignore"));

    assertThat(excludes(IgnoreFile.read(checkout, "Dockerfile"), "x")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"huge\n/!huge", "./!huge", "/ x", "x/ /", "x^huge*", "^x", "[a]^*", "!/ x"})
  void aPatternThatBuildersReadDifferentlyIsTheUsersFault(String text) {
    isReadDifferently(text);
  }

  /** Builders make a regular expression of it, where it means something else. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "\\dx",
        "x\\Qy",
        "a\\1",
        "\\\u00e9",
        "[\\d]",
        "[a-\\z]",
        "[[:digit:]]",
        "[^a[:x]",
        "[*]x",
        "[?]x",
        "\\[^x",
        "a\n\ufeff*x",
        "!\ufeffx"
      })
  void aPatternThatIsSomethingElseInAnExpressionIsTheUsersFault(String text) {
    isReadDifferently(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"x\\", "[a-]", "[-a]", "[a-]x]", "[c-a]", "[]a]", "[^]", "[a\\"})
  void aPatternThatBuildersCannotReadIsTheUsersFault(String text) {
    assertThatThrownBy(() -> IgnoreFile.of(text))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageStartingWith(".dockerignore: syntax error in pattern");
  }

  private static void isReadDifferently(String text) {
    assertThatThrownBy(() -> IgnoreFile.of(text))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageMatching(
            "\\.dockerignore: builders read the pattern '.*' differently; write it plainly; correct it");
  }

  @Test
  void aByteThatIsNoUtf8IsTheUsersFault() throws Exception {
    Files.write(
        checkout.resolve(".dockerignore"),
        "a\n\u00e2\u0082huge".getBytes(StandardCharsets.ISO_8859_1));

    assertThatThrownBy(() -> IgnoreFile.read(checkout, "Dockerfile"))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessage(".dockerignore: line 2 has a byte that is no UTF-8; correct it");
  }

  @Test
  void aCommentMayHaveAnyBytes() throws Exception {
    Files.write(
        checkout.resolve(".dockerignore"), "# caf\u00e9\na".getBytes(StandardCharsets.ISO_8859_1));

    assertThat(excludes(IgnoreFile.read(checkout, "Dockerfile"), "a")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"x^y", "a[b", "a*", "a\\d", "a\\", "[[:x"})
  void aDockerfileOfAnyNameIsSentAndNoOtherInItsPlace(String name) throws Exception {
    Files.writeString(checkout.resolve(".dockerignore"), "*");

    DockerIgnore ignore = IgnoreFile.read(checkout, name);

    assertThat(excludes(ignore, name)).isFalse();
    assertThat(excludes(ignore, "ab")).isTrue();
    assertThat(ignore.keepsByWildcard()).isFalse();
  }

  /** Builders find D left out by the first rule, and do not ask the third. */
  @ParameterizedTest
  @ValueSource(strings = {"D\n!D/x\nD", "*\n!D/x\nD", "*\n!**/x\n?"})
  void belowAFolderARuleThatChangedNothingForItDoesNotCount(String text) throws Exception {
    DockerIgnore ignore = IgnoreFile.of(text);

    assertThat(excludes(ignore, "D")).isTrue();
    assertThat(excludes(ignore, "D/y")).isTrue();
    assertThat(excludes(ignore, "D/x")).isFalse();
    assertThat(excludes(ignore, "D/x/y")).isFalse();
  }

  @Test
  void aRuleThatLeavesAFolderOutAgainDoesCount() throws Exception {
    DockerIgnore ignore = IgnoreFile.of("D\n!D\nD\n!E/x");

    assertThat(excludes(ignore, "D/x")).isTrue();
  }

  /** An exception that changed nothing for a folder is not where builders go on below it. */
  @Test
  void belowAFolderAnExceptionThatChangedNothingForItDoesNotCount() throws Exception {
    assertThat(excludes(IgnoreFile.of("g\n!g\ng/c\n!g"), "g/c")).isTrue();
    assertThat(excludes(IgnoreFile.of("g\n!g\ng/c\n!g\n!g/c/d\ng/c"), "g/c/d")).isFalse();
    assertThat(excludes(IgnoreFile.of("g\n!g\ng/c\n!g"), "g/d")).isFalse();
  }

  @Test
  @Timeout(10)
  void aPatternMadeToBacktrackCostsNoTime() {
    DockerIgnore ignore = new DockerIgnore(List.of("**/*a".repeat(100) + "b"));

    assertThat(excludes(ignore, "a/".repeat(200) + "c")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"dir/file%d", "**/*.x%d", "**/*.p%d[cod]", "**/*q%d*", "/a/**/z%d"})
  void ruleAfterRuleThatDoesNotMatchCostsAGlanceEach(String rule) {
    DockerIgnore ignore =
        new DockerIgnore(IntStream.range(0, 1000).mapToObj(rule::formatted).toList());

    DockerIgnore.Match match = ignore.match("src/main/File.java", DockerIgnore.Match.ROOT);

    assertThat(match.excluded()).isFalse();
    assertThat(match.steps()).isLessThanOrEqualTo(2 * 1000);
  }

  @Test
  @Timeout(60)
  void glancesAtLongPathsAreCounted() {
    DockerIgnore ignore = new DockerIgnore(Collections.nCopies(1000, "*" + "a".repeat(61) + "b"));
    String path = "a".repeat(250) + "/" + "a".repeat(250);

    assertThat(ignore.match(path, DockerIgnore.Match.ROOT).steps()).isGreaterThan(30_000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"*", "**/", "a**"})
  void aPatternOfNothingElseNeedsNoStack(String part) {
    String pattern = part.repeat(65_000 / part.length());

    assertThat(new GlobPattern(pattern).matches("b")).isEqualTo(!part.startsWith("a"));
    assertThat(new GlobPattern(pattern + "c").matches("bc")).isFalse();
  }

  @Test
  void blanksAreThoseOfDockersOwnReader() {
    DockerIgnore ignore = new DockerIgnore(List.of("*", "!\u001ca", "\u00a0!\u0085b\u00a0"));

    assertThat(excludes(ignore, "a")).isTrue();
    assertThat(excludes(ignore, "\u001ca")).isFalse();
    assertThat(excludes(ignore, "b")).isFalse();
    assertThat(new DockerIgnore(List.of("\u00a0\u0085")).mayKeepBelow("a")).isFalse();
  }

  @Test
  void aCarriageReturnEndsNoLine() throws Exception {
    assertThat(excludes(IgnoreFile.of("a\rb\r\nc\r\n"), "b")).isFalse();
    assertThat(excludes(IgnoreFile.of("a\rb\r\nc\r\n"), "c")).isTrue();
  }

  @Test
  void whatAnEarlierRuleSaysIsNotAskedForWhereALaterOneMatches() {
    DockerIgnore ignore = new DockerIgnore(List.of("*a*", "*b*"));

    assertThat(ignore.match("ab", DockerIgnore.Match.ROOT).steps()).isEqualTo(1 + 2 * 3);
    DockerIgnore.Match folder = ignore.match("b", DockerIgnore.Match.ROOT);
    assertThat(ignore.match("b/ab", folder)).isEqualTo(new DockerIgnore.Match(1, true, 0));
  }

  @Test
  void moreRulesThanAnybodyWritesAreTheUsersFault() {
    assertThatThrownBy(() -> IgnoreFile.of("# comment\n\n" + "a\n".repeat(1001)))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessage(
            ".dockerignore: it has more than 1000 rules; name folders instead of files; correct it");
    assertThatCode(() -> IgnoreFile.of("# comment\n\n".repeat(2000) + "a\n".repeat(1000)))
        .doesNotThrowAnyException();
  }

  private static boolean excludes(DockerIgnore ignore, String path) {
    DockerIgnore.Match match = DockerIgnore.Match.ROOT;
    int slash = 0;
    while ((slash = path.indexOf('/', slash + 1)) > 0) {
      match = ignore.match(path.substring(0, slash), match);
    }
    return ignore.match(path, match).excluded();
  }
}
