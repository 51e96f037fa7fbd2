package io.tidemark.tests.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.tests.process.FreePort;
import io.tidemark.tests.process.SdkClient;
import io.tidemark.tests.process.TidemarkProcess;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that goes away while a job writes to it. */
class SinkAwayTest {
  private static final long CHANGES = 12_000;
  private static final int KEYS = 700;

  private final long seed = Long.getLong("tidemark.seed", System.nanoTime());

  @Test
  void a_server_that_is_killed_and_comes_back_after_seconds_is_waited_for(@TempDir Path folder)
      throws Exception {
    ChangeStream changes = ChangeStream.of(seed, KEYS, CHANGES);
    try (TidemarkProcess process =
        TidemarkProcess.start(
            folder.resolve("data"),
            "--grpc-port",
            Integer.toString(FreePort.choose()),
            "--window-ms",
            "1000")) {
      JobClient job;
      try (SdkClient client = SdkClient.to(process.grpcAddress())) {
        SinkCollection made = InterruptedJob.collection(client);
        changes.letThrough(CHANGES / 3);
        job = InterruptedJob.start(changes, made, process.grpcAddress(), -1, new Configuration());
        changes.awaitPassed(CHANGES / 3);
        changes.awaitCheckpoint();
        changes.letThrough(CHANGES * 2 / 3);
        process.kill();
        changes.awaitPassed(CHANGES / 3 + 1);
        TimeUnit.SECONDS.sleep(1);
        changes.letThrough(Long.MAX_VALUE);
        process.restart();
        InterruptedJob.awaitEnd(job);
        try (SdkClient again = SdkClient.to(process.grpcAddress())) {
          SinkCollection after = new SinkCollection(again, made.name());
          assertThat(after.numbers("n")).as("seed %d", seed).isEqualTo(changes.result());
          assertThat(after.count()).isEqualTo(changes.result().size());
        }
      }
    }
  }
}
