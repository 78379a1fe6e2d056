package io.skypanel.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class AppTableTest {
  private static String table(String json) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    new AppTable(Instant.parse("2024-05-03T12:00:00Z"))
        .print(new ObjectMapper().readTree(json), out);
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void appsStandInAlignedColumnsWithShortIdsAndAges() throws Exception {
    String apps =
        """
        [{"appId":"app-1","name":"shop","deploymentId":"0123456789","commitSha":"abcdef0123",
          "since":"2024-05-01T11:00:00Z","state":"crash loop","url":"https://shop.example"},
         {"appId":"app-22","name":"bot","deploymentId":"d2","commitSha":"c2",
          "since":"2024-05-03T11:59:18Z","state":"running","url":null,"hostPort":20001},
         {"appId":"app-3","name":"new\\u001b[31m","deploymentId":null,"commitSha":null,
          "since":null,"state":"not deployed","url":null,"hostPort":null}]
        """;

    assertThat(table(apps))
        .isEqualTo(
            """
            APP     NAME      DEPLOYMENT  COMMIT   AGE  STATE         ADDRESS
            app-1   shop      01234567    abcdef0  2d   crash loop    https://shop.example
            app-22  bot       d2          c2       42s  running       port 20001
            app-3   new [31m  -           -        -    not deployed  -
            """);
  }

  @Test
  void withoutAppsThereAreItsHeadsAlone() throws Exception {
    assertThat(table("[]")).hasLineCount(1).startsWith("APP  NAME");
  }
}
