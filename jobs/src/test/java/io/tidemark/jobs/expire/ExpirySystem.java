package io.tidemark.jobs.expire;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.jobs.LogAndLake;
import io.tidemark.jobs.ingest.IngestConfig;
import io.tidemark.jobs.ingest.IngestJob;
import io.tidemark.jobs.run.JobContext;
import io.tidemark.jobs.run.JobProgress;
import io.tidemark.jobs.run.JobReport;
import io.tidemark.jobs.run.JobRequest;
import io.tidemark.jobs.run.MaintenanceJob;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.control.ControlKeys;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.index.Metric;
import io.tidemark.stores.lake.LocalFileIO;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Ingest, the jobs, and their files on disk. */
final class ExpirySystem {
  static final IndexDefinition INDEX =
      new IndexDefinition(
          7, LogAndLake.VECTOR, "vector", "vector", IndexType.HNSW, Metric.L2, Map.of());

  private ExpirySystem() {}

  static JobID ingest(MiniCluster cluster, LogAndLake system, Path checkpoints) throws Exception {
    IngestConfig config =
        IngestConfig.defaults(system.log, system.lakeConfig, checkpoints.toUri().toString())
            .withWindow(Duration.ofMillis(300))
            .withCheckpointInterval(Duration.ofMillis(300));
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(new Configuration());
    IngestJob.define(env, config);
    return cluster.submitJob(env.getStreamGraph().getJobGraph()).get().getJobID();
  }

  static void cancel(MiniCluster cluster, JobID job) throws Exception {
    cluster.cancelJob(job).get();
    await(() -> cluster.getJobStatus(job).get().isGloballyTerminalState());
  }

  static void await(Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!condition.call()) {
      assertThat(System.nanoTime()).as("waited too long").isLessThan(deadline);
      Thread.sleep(20);
    }
  }

  static void flush(LogAndLake system, CollectionInfo collection) throws Exception {
    List<Long> upTo = system.flush(collection);
    await(() -> system.committed(collection, upTo));
  }

  /** Waits until the global position has passed this moment. */
  static void awaitPosition(LogAndLake system) throws Exception {
    long now = system.writers.allocate();
    await(() -> {
      system.control.refresh();
      return Stream.of(0, 1)
          .allMatch(pchannel ->
              system.control.get(ControlKeys.POSITION + pchannel).map(Long::parseLong).orElse(0L)
                  > now);
    });
  }

  static JobReport run(
      MaintenanceJob job, LogAndLake system, CollectionInfo only, Map<String, String> options)
      throws Exception {
    return run(job, system, only.id(), options);
  }

  static JobReport run(MaintenanceJob job, LogAndLake system, Map<String, String> options)
      throws Exception {
    return run(job, system, (Long) null, options);
  }

  private static JobReport run(
      MaintenanceJob job,
      LogAndLake system,
      @org.jspecify.annotations.Nullable Long collection,
      Map<String, String> options)
      throws Exception {
    return job.run(
        new JobContext(
            new JobRequest("test", job.kind(), collection, options, "user"),
            system.lakeConfig,
            system.log,
            StreamExecutionEnvironment::getExecutionEnvironment,
            JobProgress.SILENT));
  }

  static int figure(JobReport report, String name) {
    return Integer.parseInt(report.figures().getOrDefault(name, "0"));
  }

  /** All files below a location. */
  static List<Path> files(String location) throws IOException {
    Path root = LocalFileIO.path(location);
    if (!Files.exists(root)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(Files::isRegularFile).toList();
    } catch (java.io.UncheckedIOException e) {
      // A folder went while it was walked.
      return List.of();
    }
  }

  /** A file that nothing names, written so long ago. */
  static Path plant(String folder, String name, Duration age) throws IOException {
    Path path = LocalFileIO.path(folder).resolve(name);
    Files.createDirectories(path.getParent());
    Files.writeString(path, "nobody names this");
    Files.setLastModifiedTime(
        path, FileTime.fromMillis(System.currentTimeMillis() - age.toMillis()));
    return path;
  }
}
