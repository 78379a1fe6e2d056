package io.skypanel.worker.redact;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What people write into variables stays readable. */
class ReadableValuesTest {
  private static final String VALUES =
      """
        my-app-v2-prod-eu-west-1
        myapp-dev-a1b2c3d4e5.azurewebsites.net
        mydb.c9akciq32rgu.us-east-1.rds.amazonaws.com:5432
        https://d111111abcdef8.cloudfront.net/assets
        ep-cool-darkness-123456.us-east-2.aws.neon.tech
        ip-10-0-12-34.eu-west-1.compute.internal
        ghcr.io/acme/shop:1.2.3-20260115.7-g1a2b3c4
        registry.example.com:5000/acme/shop:1a2b3c4d5e6f
        node:20.11.1-bookworm-slim
        eclipse-temurin:21.0.2_13-jre-alpine
        acme/shop:sha-1a2b3c4d
        1.2.3-canary.a1b2c3d.0
        v1.2.3-4-g1a2b3c4
        18.3.0-canary-1a2b3c4d5-20260115
        19.0.0-rc.1+build.20260115
        5.10.0-28-cloud-amd64
        1.23.4-1+deb12u1
        0.0.0-20260115100000-1a2b3c4d5e6f
        main.8f3a2b1c.chunk.js
        index-BkT3xQ2a.js
        /assets/index-BkT3xQ2a.css
        app-7d4b9c6f.min.css
        libLLVMAArch64Desc.so.1
        backup-2026-01-15T10-00-00.tar.gz
        IMG_20260115_100000.jpg
        en-US,en-GB;q=0.9,de-DE;q=0.8,fr;q=0.5
        en_US.UTF-8:de_DE.UTF-8:fr_FR.UTF-8
        de_DE@euro,zh_Hans_CN,sr_Latn_RS
        */5 0-6 * * 1-5
        0 */2 1,15 * MON-FRI
        Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36
        curl/8.5.0 (x86_64-pc-linux-gnu) libcurl/8.5.0 OpenSSL/3.0.13
        org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration
        com.fasterxml.jackson.datatype.jsr310.JavaTimeModule
        org.apache.hc.client5.http.impl.classic.HttpClients
        Base64UrlEncoder
        OAuth2AuthorizationServerConfigurer
        Http2ServerConnectionFactory
        ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384
        AES128-SHA256:AES256-SHA256
        TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384
        TLS_CHACHA20_POLY1305_SHA256
        PBKDF2WithHmacSHA256
        RSA/ECB/OAEPWithSHA-256AndMGF1Padding
        AES/GCM/NoPadding
        postgresql://db-1.internal:5432/orders_v2
        jdbc:sqlserver://db.internal:1433;databaseName=orders;encrypt=true
        mongodb+srv://cluster0.a1b2c.mongodb.net/orders
        redis://redis-master.default.svc.cluster.local:6379/0
        amqp://rabbit:5672/%2Fvhost
        mysql2://db/orders?encoding=utf8mb4&pool=5
        us-east-1,us-west-2,eu-central-1,ap-southeast-2
        us-east-1a,us-east-1b
        fra1 nyc3 sgp1
        europe-west1-docker.pkg.dev/acme/shop/api:v1
        2026-01-15T10:00:00+01:00
        2026-01-15T10:00:00.123456Z
        20260115T100000Z
        2026-01-15 10:00:00 UTC
        Thu, 15 Jan 2026 10:00:00 GMT
        P1Y2M10DT2H30M
        America/Argentina/Buenos_Aires
        x86_64-unknown-linux-gnu
        arm64-apple-darwin23.2.0
        aarch64-linux-gnu
        -Xmx512m -XX:+UseG1GC -XX:MaxRAMPercentage=75.0
        --max-old-space-size=4096 --experimental-vm-modules
        application/vnd.api+json;charset=utf-8
        text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8
        10.0.0.0/8,172.16.0.0/12,192.168.0.0/16
        127.0.0.1:3000,localhost:8080
        00:1A:2B:3C:4D:5E
        fe80::1ff:fe23:4567:890a%eth0
        arn:aws:s3:::acme-prod-assets-eu-west-1
        arn:aws:iam::123456789012:role/shop-prod
        s3://acme-prod-assets/uploads/2026
        projects/acme-prod-123/locations/europe-west1
        gpt-4o-mini-2024-07-18
        text-embedding-3-large
        claude-3-5-sonnet-20241022
        @acme/shop-api-v2
        @types/html2canvas
        org.postgresql:postgresql:42.7.1
        spring-boot-starter-web-3.2.1.jar
        feature/JIRA-1234-add-login
        release-2026.01.15-rc1
        refs/heads/dependabot/npm_and_yarn/lodash-4.17.21
        PRODUCTIONEUWEST1
        NODE_ENV=production
        rgba(255,255,255,0.8)
        info@example.com,ops@example.com
        noreply+orders@mail2.example.com
        +49 30 1234567-89
        DE89 3704 0044 0532 0130 00
        X-Forwarded-For,X-Request-Id,X-B3-TraceId
        Content-Security-Policy: default-src 'self'
        %d{yyyy-MM-dd HH:mm:ss.SSS} [%thread] %-5level %logger{36}
        yyyy-MM-dd'T'HH:mm:ss.SSSXXX
        ^/api/v[0-9]+/.*$
        GET,POST,PUT,DELETE,OPTIONS
        class=org.h2.Driver
        jdbc:h2:mem:testdb;DB_CLOSE_DELAY=-1;MODE=PostgreSQL
        node_modules/.bin:/usr/local/bin:/usr/bin
        file:./dev.db?connection_limit=1
        utf8mb4_unicode_520_ci
        heroku-22,heroku-24
        web=1:standard-1x,worker=2:standard-2x
        t3.medium,m5.large,c6gd.4xlarge
        NVIDIA-A100-SXM4-80GB-MIG-1g.10gb
        price_basic_monthly_v2
        plan-free-2024
        GTM-ABC1234
        UA-12345678-1
        G-AB12CD34EF
        sha256WithRSAEncryption
        ISO8859-1,windows-1252
        Europe/Berlin
        The5QuickBrownFoxes
        networking.k8s.io/v1beta1
        MyCompanyAPIGatewayURL
        GitHubActionsCIRunner
        NextJSServerSideRendering
        OIDCProviderMetadataURL
        JSONWebTokenService
        XMLHttpRequestURLParser
        shopProdDBv2ReadReplica
        """;

  private final SecretRules rules = new SecretRules(List.of("*KEY*"));

  static Stream<String> values() {
    return VALUES.lines();
  }

  @ParameterizedTest
  @MethodSource("values")
  void whatPeopleWriteIsNoSecret(String value) {
    assertThat(rules.secrets(Map.of("HARMLESS", value), Set.of())).isEmpty();
  }
}
