package io.skypanel.worker.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.skypanel.worker.job.BuildJob;
import io.skypanel.worker.job.GitSource;
import io.skypanel.worker.settings.AppIsolation.Networks;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AppNetworkTest {
  private static final String WORKER = "0f8fad5b-d9cb-469f-a165-70867728950e";

  @Test
  void appsOfOneOrganizationShareANetwork() {
    AppNetwork shop = of(Networks.ORGANIZATION, "shop", Optional.of("acme"));

    assertThat(shop).isEqualTo(of(Networks.ORGANIZATION, "blog", Optional.of("acme")));
    assertThat(shop.name()).isEqualTo("skypanel-org-acme-0f8fad5b");
    assertThat(shop).isNotEqualTo(of(Networks.ORGANIZATION, "shop", Optional.of("other")));
  }

  @Test
  void anAppWithoutAnOrganizationOrByTheOperatorsWishIsAlone() {
    assertThat(of(Networks.ORGANIZATION, "shop", Optional.empty()))
        .isEqualTo(of(Networks.APP, "shop", Optional.of("acme")))
        .extracting(AppNetwork::name)
        .isEqualTo("skypanel-app-shop-0f8fad5b");
    assertThat(AppNetwork.of(Networks.DEFAULT, WORKER, job("shop", Optional.of("acme")))).isEmpty();
  }

  @Test
  void anOrganizationNamedLikeAnAppIsNotThatApp() {
    AppNetwork organization = of(Networks.ORGANIZATION, "x", Optional.of("shop"));
    AppNetwork app = of(Networks.ORGANIZATION, "shop", Optional.empty());

    assertThat(organization.name()).isNotEqualTo(app.name());
    assertThat(organization.bridge()).isNotEqualTo(app.bridge());
  }

  @Test
  void namesFitWhateverTheIdsAre() {
    AppNetwork network = of(Networks.ORGANIZATION, "x", Optional.of("Org_1." + "X".repeat(57)));

    assertThat(network.name()).matches("[a-z0-9-]{1,90}");
    assertThat(network.bridge()).matches("sky-[0-9a-f]{11}").hasSize(15);
    assertThat(AppNetwork.ofOwner(WORKER, network.owner())).contains(network);
    assertThat(AppNetwork.ofOwner(WORKER, "stranger")).isEmpty();
  }

  @Test
  void organizationsWhoseIdsDifferInCaseOrPunctuationAloneHaveNetworksOfTheirOwn() {
    assertThat(
            Stream.of("acme-1", "Acme-1", "ACME-1", "acme_1", "acme.1", "acme-1-")
                .map(id -> of(Networks.ORGANIZATION, "shop", Optional.of(id)).name()))
        .doesNotHaveDuplicates()
        .allMatch(name -> name.matches("skypanel-org-acme-1(-[0-9a-f]{8})?-0f8fad5b"));
  }

  private static AppNetwork of(Networks networks, String appId, Optional<String> organization) {
    return AppNetwork.of(networks, WORKER, job(appId, organization)).orElseThrow();
  }

  private static BuildJob job(String appId, Optional<String> organization) {
    return new BuildJob(
        "d-1",
        appId,
        "shop",
        organization,
        Optional.empty(),
        new GitSource("https://git.example/shop.git", "main", Optional.empty()),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        Map.of());
  }
}
