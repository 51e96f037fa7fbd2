package io.tidemark.stores.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LakeConfigTest {
  private static final String POSTGRESQL = "jdbc:postgresql://db/lake";

  @Test
  void optionsWinOverTheFileWhichWinsOverTheEnvironment(@TempDir Path folder) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("core-site.xml"),
            """
            <configuration>
              <property><name>fs.s3a.endpoint.region</name><value>of-the-file</value></property>
              <property><name>fs.s3a.endpoint</name><value>http://file</value></property>
              <property><name>fs.s3a.secret.key</name><value>of-the-file</value></property>
            </configuration>
            """);

    LakeConfig config =
        LakeConfig.jdbc(
            POSTGRESQL,
            "s3a://bucket/lake/",
            Map.of("fs.s3a.endpoint", "http://option", "jdbc.user", "tide"),
            file,
            Map.of("AWS_ENDPOINT_URL", "http://environment", "AWS_REGION", "of-the-environment"));

    assertThat(config.warehouse()).isEqualTo("s3a://bucket/lake");
    assertThat(config.hadoop())
        .containsEntry("fs.s3a.endpoint", "http://option")
        .containsEntry("fs.s3a.endpoint.region", "of-the-file")
        .containsEntry("fs.s3a.path.style.access", "true")
        .containsEntry("fs.s3a.retry.limit", "6");
    assertThat(LakeCatalog.properties(config))
        .containsEntry("jdbc.user", "tide")
        .containsEntry("jdbc.socketTimeout", "30")
        .containsEntry("io-impl", "org.apache.iceberg.hadoop.HadoopFileIO")
        .allSatisfy((key, value) -> assertThat(key).doesNotStartWith("hadoop."));
    assertThat(config.toString()).doesNotContain("of-the-file").contains("fs.s3a.secret.key");
  }

  @Test
  void aLocalLakeTakesNothingFromTheEnvironment() {
    LakeConfig config =
        LakeConfig.jdbc(
            LakeConfig.sqliteUri(Path.of("/data/catalog.db")),
            "file:///data/warehouse",
            Map.of(),
            null,
            Map.of("AWS_ENDPOINT_URL", "http://environment"));

    assertThat(config)
        .isEqualTo(LakeConfig.sqlite(Path.of("/data/catalog.db"), Path.of("/data/warehouse")));
    assertThat(config.hadoop()).isEmpty();
    assertThat(LakeCatalog.properties(config))
        .containsEntry("io-impl", LocalFileIO.class.getName());
  }

  @Test
  void aWarehouseOfAnotherKindIsRefusedWithTheRightOne() {
    assertThatThrownBy(() -> new LakeConfig(POSTGRESQL, "s3://bucket/lake", Map.of()))
        .hasMessageContaining("write s3a://bucket/lake");
    assertThatThrownBy(() -> new LakeConfig(POSTGRESQL, "/data/warehouse", Map.of()))
        .hasMessageContaining("file:///folder");
  }

  @Test
  void aFileThatIsNoConfigurationIsRefusedByName(@TempDir Path folder) throws Exception {
    Path broken = Files.writeString(folder.resolve("core-site.xml"), "<configuration><oops");
    assertThatThrownBy(
            () -> LakeConfig.jdbc(POSTGRESQL, "s3a://bucket", Map.of(), broken, Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(broken.toString());
  }
}
