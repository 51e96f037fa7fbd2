package io.tidemark.standalone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArgumentsTest {
  @ParameterizedTest
  @CsvSource({
    "snapshot create v1 books, snapshot --action create --name v1 books",
    "snapshot drop v1 books --json, snapshot --action drop --name v1 books --json",
    "snapshot restore v1 books --as old, snapshot --action restore --name v1 books --as old",
    "snapshot list, snapshot --action list --all",
    "snapshot list books --data d, snapshot --action list books --data d",
    "snapshot backup s3a://b/x books, snapshot --action backup --to s3a://b/x books",
    "snapshot import file:///x --data d, snapshot --action import --from file:///x --data d --all",
    "snapshot --action list books, snapshot --action list books",
    "snapshot books --action create --name v1, snapshot books --action create --name v1",
    "snapshot frobnicate x y --data d, snapshot --action frobnicate --data d --all",
    "snapshot list --data d books, snapshot --action list books --data d",
    "snapshot list --json books, snapshot --action list books --json",
    "snapshot --data d list, snapshot --action list --data d --all",
    "snapshot --data=d list books, snapshot --action list books --data=d",
    "snapshot create --data d v1 --detach books, snapshot --action create --name v1 books --data d --detach",
    "snapshot create --name v1 books, snapshot --action create books --name v1",
    "snapshot restore v1 --as old books, snapshot --action restore --name v1 books --as old",
    "snapshot backup --database db s3a://b/x books, snapshot --action backup --to s3a://b/x books --database db",
    "snapshot import --only books file:///x, snapshot --action import --from file:///x --only books --all",
    "snapshot list --all, snapshot --action list --all",
    "snapshot --data d --action create --name v1 books, snapshot --data d --action create --name v1 books",
    "snapshot list --action create --name v1, snapshot list --action create --name v1",
    "snapshot books --data d, snapshot books --data d",
    "snapshot --data d, snapshot --data d",
    "snapshot --help, snapshot --help",
    "index books, index books",
  })
  void short_forms_of_snapshot_are_spelled_out(String given, String spelledOut) {
    assertThat(SnapshotArguments.spelledOut(given.split(" ")))
        .containsExactly(spelledOut.split(" "));
  }

  @ParameterizedTest
  @CsvSource({
    "--catalog.jdbc.user me --data d, --catalog-property jdbc.user=me --data d",
    "--catalog.jdbc.user=me, --catalog-property jdbc.user=me",
    "--catalog jdbc:x, --catalog jdbc:x",
  })
  void a_catalog_property_is_joined_to_its_value(String given, String joined) {
    assertThat(CatalogOptions.joined(given.split(" "))).containsExactly(joined.split(" "));
  }

  @ParameterizedTest
  @CsvSource({"snapshot backup here", "snapshot import here"})
  void a_folder_is_taken_from_where_the_command_runs(String given) {
    assertThat(SnapshotArguments.spelledOut(given.split(" ")))
        .contains(Path.of("here").toAbsolutePath().toString());
  }
}
