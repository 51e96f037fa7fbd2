package io.tidemark.jobs.coordinate;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.jobs.LogAndLake;
import io.tidemark.jobs.coordinate.function.CoordinatorPolicy;
import io.tidemark.jobs.coordinate.record.JobRecord;
import io.tidemark.jobs.run.JobKind;
import io.tidemark.jobs.run.JobProgress;
import io.tidemark.jobs.run.JobReport;
import io.tidemark.jobs.run.JobRequest;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.stores.embedded.EmbeddedBroker;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Requests through the whole job, with jobs that do what their option {@code do} says. */
class CoordinatorJobTest {
  @RegisterExtension
  static final MiniClusterExtension FLINK =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(2)
              .build());

  private static final List<String> RAN = new CopyOnWriteArrayList<>();
  private static volatile CountDownLatch gate = new CountDownLatch(0);

  @TempDir static Path brokerFolder;
  private static EmbeddedBroker broker;

  @TempDir Path folder;
  private CoordinatedCluster coordinated;

  @BeforeAll
  static void startBroker() throws Exception {
    broker = LogAndLake.broker(brokerFolder.resolve("kafka"));
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @BeforeEach
  void open(@InjectMiniCluster MiniCluster cluster) throws Exception {
    RAN.clear();
    gate = new CountDownLatch(0);
    coordinated =
        CoordinatedCluster.open(
            broker, folder, cluster, CoordinatorPolicy.DEFAULTS, CoordinatorJobTest::run);
  }

  @AfterEach
  void close() throws Exception {
    gate.countDown();
    coordinated.close();
  }

  private static JobReport run(JobRequest request, JobProgress progress) throws Exception {
    RAN.add(request.id());
    progress.planned(3, 30, 300);
    switch (request.option("do").orElse("")) {
      case "fail" -> throw TidemarkException.invalid("there is no such thing");
      case "wait" -> gate.await();
      default -> progress.done(3, 30);
    }
    return JobReport.of("rows", 30);
  }

  private static JobRequest request(String id, String what) {
    return new JobRequest(id, JobKind.INDEX, 1L, Map.of("do", what), "user");
  }

  @Test
  void a_request_runs_and_its_record_tells_how_it_ended() throws Exception {
    coordinated.start();
    coordinated.requests.submit(request("good", "work"));
    coordinated.requests.submit(request("bad", "fail"));
    JobRecord good = coordinated.awaitEnd("good");
    assertThat(good.state()).isEqualTo(JobRecord.State.DONE);
    assertThat(good.attempts()).isEqualTo(1);
    assertThat(good.rowsDone()).isEqualTo(30);
    assertThat(good.figures()).containsExactly(Map.entry("rows", "30"));
    JobRecord bad = coordinated.awaitEnd("bad");
    assertThat(bad.state()).isEqualTo(JobRecord.State.FAILED);
    assertThat(bad.message()).isEqualTo("there is no such thing");
    assertThat(RAN).containsExactly("good", "bad");
  }

  @Test
  void a_request_made_while_nobody_ran_is_found_and_run_once() throws Exception {
    coordinated.requests.submit(request("early", "work"));
    Thread.sleep(2500);
    coordinated.start();
    assertThat(coordinated.awaitEnd("early").state()).isEqualTo(JobRecord.State.DONE);
    coordinated.requests.submit(request("early", "work"));
    coordinated.requests.submit(request("late", "work"));
    coordinated.awaitEnd("late");
    assertThat(RAN).containsExactly("early", "late");
  }

  @Test
  void a_waiting_and_a_running_job_are_cancelled() throws Exception {
    gate = new CountDownLatch(1);
    coordinated.start();
    coordinated.requests.submit(request("first", "wait"));
    coordinated.requests.submit(request("second", "work"));
    CoordinatedCluster.eventually(() -> RAN.contains("first"));
    coordinated.requests.cancel("second");
    coordinated.requests.cancel("first");
    assertThat(coordinated.awaitEnd("first").state()).isEqualTo(JobRecord.State.CANCELLED);
    assertThat(coordinated.awaitEnd("second").state()).isEqualTo(JobRecord.State.CANCELLED);
    assertThat(RAN).containsExactly("first");
  }

  @Test
  void a_job_that_ran_when_the_coordinator_went_runs_again_with_and_without_a_checkpoint()
      throws Exception {
    gate = new CountDownLatch(1);
    coordinated.start();
    coordinated.requests.submit(request("long", "wait"));
    CoordinatedCluster.eventually(() -> RAN.contains("long"));
    Thread.sleep(500);
    coordinated.cancel();
    coordinated.start();
    CoordinatedCluster.eventually(() -> RAN.size() == 2);
    coordinated.cancel();
    coordinated.start(java.util.Optional.empty());
    CoordinatedCluster.eventually(() -> RAN.size() == 3);
    gate.countDown();
    JobRecord ended = coordinated.awaitEnd("long");
    assertThat(ended.state()).isEqualTo(JobRecord.State.DONE);
    assertThat(ended.attempts()).isEqualTo(3);
  }
}
