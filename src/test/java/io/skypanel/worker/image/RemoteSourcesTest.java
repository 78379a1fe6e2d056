package io.skypanel.worker.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skypanel.worker.job.BuildFailure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RemoteSourcesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "ADD http://a/x /x",
        "add\tHTTPS://a/x /x",
        "ADD --chown=1:1 --checksum=sha256:1 https://a/x /x",
        "ADD a b http://a/x /x",
        "ADD [\"a\", \"http://a/x\", \"/x\"]",
        "ADD \"http://a/x\" /x",
        "ADD ht\\tp://a/x /x",
        "ADD \\\n  http://a/x /x",
        "ADD git://a/x /x",
        "ADD git@a:x/y.git /x",
        "ADD ssh://git@a/x.git /x",
        "ADD github.com/a/b.git /x",
        "ADD $A /x",
        "ARG A=app.jar\nADD ${A} /x",
        "ADD a\\ http://a/x /d/",
        "ADD 'a http://a/x b' /d/",
        "ADD [\"a\",\"b\"] http://a/x /d/",
        "ADD [\"http://a/x\",\"/x\"]y",
        "ADD [\"http://a/x\",\"/x\"] y",
        "ADD [\"\\u0068ttp://a/x\",\"/x\"]y",
        "ADD [\"a\",\"http://a/x\",\"/x\"",
        "ADD ['http://a/x', '/x']",
        "ADD \u00a0[\"\\u0068ttp://a/x\", \"/d/\"]\u00a0",
        "ADD h${A}://a /x",
        "ONBUILD ADD http://a/x /x"
      })
  void anAddressOrWhatMayBecomeOneIsRefused(String instruction) {
    assertThatThrownBy(() -> check("FROM a\n" + instruction + "\n"))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageMatching("(?s).* in line [23] of Dockerfile .*")
        .hasMessageContaining("BUILD_REMOTE_ADD");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ADD . /x",
        "ADD app.tgz b/ /x",
        "ADD ./app-$VERSION.tgz /x",
        "ADD dist/$A /x",
        "ADD [\"a b\", \"/x\"]",
        "ADD [\"a\", null, \"/x\"]",
        "ADD [\"a\",\"/http://x\"]",
        "ADD [\"a\", \"./b[0-9]-$A\", \"/x\"]",
        "ADD ./b[0-9]$A.jar /x",
        "ADD null",
        "ADD",
        "ADD a /http://x",
        "COPY http://a/x /x",
        "RUN curl http://a/x",
        "ADD <<E /x\nhttp://a\nE"
      })
  void aFileOfTheContextIsNot(String instruction) {
    assertThatCode(() -> check("FROM a\n" + instruction + "\n")).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ADD \ufffdhttp://a/x /d", "ADD --chown=\u00e0 http://a/x /d"})
  void whatBuildersTakeApartByteByByteIsTheUsersFault(String instruction) {
    assertThatThrownBy(() -> check("FROM a\n" + instruction + "\n"))
        .isInstanceOf(BuildFailure.UserFault.class)
        .hasMessageStartingWith("ADD in line 2 of Dockerfile: what is added can't be told");
  }

  @Test
  @Timeout(10)
  void isNotHeldUpByTextThatIsMadeForIt() throws Exception {
    check("FROM a\nADD " + "@".repeat(1 << 20) + " /x\n");
    assertThat(RemoteSources.refusal("[2/3] ADD " + "@".repeat(1 << 20) + " /x")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[2/3] ADD http://127.0.0.1/x /x",
        "[build 2/3] ADD --chown=1 a https://a/x /x",
        "[2/3] ADD git@a:x/y.git /x",
        "[2/3] ADD [\"http://169.254.169.254/x\",\"/x\"]",
        "[2/3] ADD [\"a\", \"http://169.254.169.254/x\", \"/x\"]",
        "[2/3] ADD [http://169.254.169.254/x /x",
        "[2/3] ADD [http://169.254.169.254/x /x]",
        "http://127.0.0.1/x",
        "git://a/x"
      })
  void aPartOfABuildThatFetchesEndsIt(String part) {
    assertThat(RemoteSources.refusal(part))
        .hasValueSatisfying(
            failure ->
                assertThat(failure)
                    .isInstanceOf(BuildFailure.UserFault.class)
                    .hasMessageContaining(part));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[2/3] ADD a /x",
        "[2/3] ADD a /http://x",
        "[2/3] ADD",
        "[2/3] ADD ",
        "[2/3] RUN curl http://a/x",
        "[2/3] COPY http://a /x",
        "[internal] load metadata for docker.io/library/a:1",
        ""
      })
  void anyOtherPartDoesNot(String part) {
    assertThat(RemoteSources.refusal(part)).isEmpty();
  }

  private static void check(String dockerfile) throws BuildFailure.UserFault {
    RemoteSources.check(Readings.of("Dockerfile", dockerfile, DockerfileReader.Dialect.of(false)));
  }
}
