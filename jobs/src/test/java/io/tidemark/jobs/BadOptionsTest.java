package io.tidemark.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.jobs.run.JobKind;
import io.tidemark.jobs.run.MaintenanceJob;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What every job refuses before it is queued. */
class BadOptionsTest {
  /** {@code a=1 b=2}; {@code -} for none. */
  private static Map<String, String> options(String text) {
    Map<String, String> options = new TreeMap<>();
    for (String pair : text.split(" ")) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        options.put(pair.substring(0, equals), pair.substring(equals + 1));
      }
    }
    return options;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "index | nope=1 | index has no option 'nope'; there are force, ",
        "index | force=yes | index: force is 'yes', expected true or false",
        "index | parallelism=0 | index: parallelism is '0', expected a whole number from 1 to 1024",
        "index | parallelism= | parallelism is ''",
        "index | parallelism=1.5 | parallelism is '1.5'",
        "index | parallelism=99999999999999999999 | parallelism is '99999999999999999999'",
        "index | threads=-3 | threads is '-3', expected a whole number from 1 to 1024",
        "index | gpu=maybe | gpu is 'maybe', it must be auto, true or false",
        "index | gpu= | gpu is '', expected auto, true or false",
        "index | segment-bytes=0 | segment-bytes is '0'",
        "index | segment-rows=NaN | segment-rows is 'NaN'",
        "index | segment-idle-seconds=-1 | segment-idle-seconds is '-1', expected a whole number from 0",
        "index | segment-idle-seconds=9223372036854775807 | to 315360000",
        "index | up-to=now | up-to is 'now', expected a hybrid timestamp",
        "index | index-rows-min=0 | index-rows-min is '0'",
        "compact | parallelism=0 | compact: parallelism is '0'",
        "compact | threads=x | compact: threads is 'x'",
        "compact | files-min=1 | files-min is '1', expected a whole number from 2",
        "compact | files-min=4294967298 | files-min is '4294967298'",
        "compact | deleted-share=NaN | deleted-share is 'NaN', expected a number above 0, up to 1",
        "compact | deleted-share=0 | deleted-share is '0'",
        "compact | age-min-seconds=-1 | age-min-seconds is '-1', expected a whole number from 0",
        "compact | delete-files-max=0 | delete-files-max is '0'",
        "reindex | field= | field is '', expected the name of a vector field",
        "reindex | type=NOPE | invalid index type: NOPE",
        "reindex | params=M | params is 'M', expected KEY=VALUE",
        "reindex | metric=x | metric type x",
        "reindex | recall-min=NaN | recall-min is 'NaN', expected a number from 0 to 1",
        "reindex | k=16385 | k is '16385', expected a whole number from 1 to 16384",
        "reindex | ef=0 | ef is '0', expected a whole number from 1 to 32768",
        "reindex | switch=maybe | switch is 'maybe', expected true or false",
        "reindex | threads=x | threads is 'x'",
        "reindex | rollback=true abandon=true | rollback builds nothing and takes no abandon",
        "reindex | rollback=true type=HNSW | takes no type: give one or the other",
        "reembed | from=a | give the option into",
        "reembed | from=a into=b batch=0 | batch is '0', expected a whole number from 1 to 10000",
        "reembed | from=a into=b model= | model is '', expected the name of an embedding model",
        "expire | grace=1m | grace 1m is shorter than 12h",
        "expire | grace=99999999999999999999d | grace is '99999999999999999999d', expected a duration",
        "expire | grace=9999999999999d | grace is '9999999999999d', expected a duration",
        "expire | snapshot-age=PT-5H | snapshot-age is 'PT-5H'",
        "expire | snapshot-age=99999999999d | snapshot-age is '99999999999d'",
        "expire | log-keep=-5m | log-keep is '-5m', expected a duration such as 90s, 15m, 24h or 7d",
        "expire | snapshots-min=0 | snapshots-min is '0', expected a whole number from 1",
        "expire | parallelism=100000 | parallelism is '100000'",
        "expire | rows=maybe | rows is 'maybe', expected true or false",
        "snapshot | action=paint | snapshot has no action 'paint'; there are create",
        "snapshot | action=create | snapshot create needs the option name",
        "snapshot | action=create name= | name is ''",
        "snapshot | action=create name=../x | snapshot name '../x' is invalid",
        "snapshot | action=create name=a as=b | snapshot create has no option [as]",
        "snapshot | action=create name=a age=0s | age is '0s', expected a duration",
        "snapshot | action=create name=a age=999999999d | age is '999999999d'",
        "snapshot | action=create name=a snapshot=9999999999999999999 | snapshot is '9999999999999999999'",
        "snapshot | action=create name=a flush=maybe | flush is 'maybe', expected true or false",
        "snapshot | action=create name=a wait=-1s | wait is '-1s'",
        "snapshot | action=restore name=a as=b;c | collection name 'b;c' is invalid",
        "snapshot | action=restore name=a as=.b | Invalid database name",
        "snapshot | action=import from=/x as=..../b | Invalid database name",
        "snapshot | action=import from=x | from is 'x', expected an absolute path or a URI",
        "snapshot | action=backup to=/x name=main | snapshot name 'main' is invalid",
      })
  void aBadValueIsRefusedWithTheOptionTheValueAndWhatIsAllowed(
      String kind, String given, String expected) {
    MaintenanceJob job = MaintenanceJobs.of(JobKind.ofCommand(kind));
    assertThatThrownBy(() -> job.check(options(given), false))
        .isInstanceOfSatisfying(
            TidemarkException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_PARAMETER))
        .hasMessageContaining(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "reindex | - | reindex: it is of one collection",
        "reembed | from=a into=b | reembed: it is of one collection",
        "snapshot | action=restore name=a as=b | snapshot restore is of one collection",
      })
  void whatIsOfOneCollectionIsRefusedForAll(String kind, String given, String expected) {
    MaintenanceJob job = MaintenanceJobs.of(JobKind.ofCommand(kind));
    assertThatCode(() -> job.check(options(given), false)).doesNotThrowAnyException();
    assertThatThrownBy(() -> job.check(options(given), true)).hasMessageContaining(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "index | gpu=false threads=2 segment-idle-seconds=0",
        "compact | force=true files-min=2 deleted-share=1 age-min-seconds=0",
        "reindex | rollback=true field=vector threads=2 segment-rows=9",
        "reindex | params=M=32,efConstruction=200 recall-min=0 switch=false abandon=false",
        "expire | grace=PT48H snapshot-age=0s log-keep=0s rows=false",
        "snapshot | -",
        "snapshot | action=create name=a age=1s wait=0s snapshot=4157720706229259538",
        "snapshot | action=import from=s3a://b/x as=shop/b2",
      })
  void theBoundsThemselvesAreTaken(String kind, String given) {
    assertThatCode(() -> MaintenanceJobs.of(JobKind.ofCommand(kind)).check(options(given), false))
        .doesNotThrowAnyException();
  }
}
