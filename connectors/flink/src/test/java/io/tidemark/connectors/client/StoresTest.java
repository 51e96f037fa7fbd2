package io.tidemark.connectors.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.stores.lake.LakeConfig;
import io.tidemark.stores.log.LogConfig;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StoresTest {
  @Test
  void what_is_not_secret_comes_back_and_what_is_secret_is_never_told() {
    Stores stores =
        new Stores(
            new LogConfig("a:1,b:2", "data", "control", 16),
            new LakeConfig(
                "jdbc:postgresql://db/lake?user=ada&password=hush&ssl=true",
                "s3a://bucket/lake",
                Map.of(
                    "jdbc.user", "ada",
                    "jdbc.password", "hush",
                    "hadoop.fs.s3a.endpoint", "http://store:9000",
                    "hadoop.fs.s3a.access.key", "hush-key",
                    "hadoop.fs.s3a.secret.key", "hush-too",
                    "hadoop.fs.s3a.session.token", "hush-as-well")));
    String json = stores.toJson();
    assertThat(json).doesNotContain("hush");
    Stores told = Stores.ofJson(json);
    assertThat(told.log()).isEqualTo(stores.log());
    assertThat(told.lake().warehouse()).isEqualTo("s3a://bucket/lake");
    assertThat(told.lake().catalogUri()).isEqualTo("jdbc:postgresql://db/lake?ssl=true");
    assertThat(told.lake().properties())
        .containsOnly(
            Map.entry("jdbc.user", "ada"),
            Map.entry("hadoop.fs.s3a.endpoint", "http://store:9000"));
  }

  @Test
  void a_catalog_whose_only_parameter_is_secret_keeps_none() {
    Stores stores =
        new Stores(
            LogConfig.of("a:1"),
            new LakeConfig("jdbc:postgresql://db/lake?password=hush", "file:///lake", Map.of()));
    assertThat(Stores.ofJson(stores.toJson()).lake().catalogUri())
        .isEqualTo("jdbc:postgresql://db/lake");
  }

  @Test
  void another_answer_is_refused() {
    assertThatThrownBy(() -> Stores.ofJson("no such page"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no JSON");
    assertThatThrownBy(() -> Stores.ofJson("{}")).isInstanceOf(IllegalArgumentException.class);
  }
}
