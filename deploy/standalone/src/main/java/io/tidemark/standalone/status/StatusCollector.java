package io.tidemark.standalone.status;

import io.tidemark.connectors.lake.AsideCollections;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.control.ControlKeys;
import io.tidemark.model.control.ControlStore;
import io.tidemark.model.control.GlobalPositions;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.model.time.HybridTimestamp;
import io.tidemark.serving.read.LoadStatus;
import io.tidemark.serving.read.ReadMetrics;
import io.tidemark.serving.read.ReadService;
import io.tidemark.serving.read.ServedRows;
import io.tidemark.serving.read.recall.RecallWindow;
import io.tidemark.standalone.jobs.JobView;
import io.tidemark.standalone.status.StatusReport.CollectionStatus;
import io.tidemark.standalone.status.StatusReport.Stage;
import io.tidemark.stores.lake.Lake;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Looks at everything that {@link StatusReport} tells. Not thread-safe. */
final class StatusCollector {
  private static final int ENDED_SHOWN = 5;

  private final Lake lake;
  private final ControlStore control;
  private final ReadService reads;
  private final Health health;
  private final LongSupplier lastAcknowledged;
  private final Supplier<List<JobView>> jobs;
  private final Path log;
  private final StatusReport.Addresses addresses;
  private final TableFigures tables;
  private final EndedJobCounts endedJobs = new EndedJobCounts(System.currentTimeMillis());

  StatusCollector(StatusPage.Sources sources, StatusReport.Addresses addresses) {
    this.lake = sources.lake();
    this.control = sources.control();
    this.reads = sources.reads();
    this.health = sources.health();
    this.lastAcknowledged = sources.lastAcknowledged();
    this.jobs = sources.jobs();
    this.log = sources.log();
    this.addresses = addresses;
    this.tables = new TableFigures(lake);
  }

  StatusReport collect() throws Exception {
    long start = System.nanoTime();
    Health.Finding finding = health.look();
    CoordinatorView coordinator = CoordinatorView.of(control);
    List<CollectionStatus> collections = collections(coordinator);
    StatusReport.Jobs jobsNow = jobs();
    ReadMetrics metrics = reads.metrics();
    long committedMs = health.committedLagMs();
    return new StatusReport(
        System.currentTimeMillis(),
        (System.nanoTime() - start) / 1_000_000,
        finding.state().name().toLowerCase(java.util.Locale.ROOT),
        addresses,
        new StatusReport.Parts(finding.ingest().name(), finding.coordinator().name()),
        stages(committedMs, collections),
        totals(collections, metrics),
        jobsNow,
        coordinator.schedules(),
        collections,
        warnings(finding, coordinator, collections, jobsNow, metrics));
  }

  private StatusReport.Jobs jobs() {
    List<JobView> all = jobs.get();
    return new StatusReport.Jobs(
        all.stream().filter(job -> job.state().equals("running")).toList(),
        all.stream().filter(job -> job.state().equals("queued")).toList(),
        all.stream()
            .filter(JobView::ended)
            .sorted(java.util.Comparator.comparingLong(JobView::endedMs).reversed())
            .limit(ENDED_SHOWN)
            .toList(),
        endedJobs.with(all));
  }

  private List<CollectionStatus> collections(CoordinatorView coordinator) {
    Map<Long, List<SegmentIndex>> indexes =
        lake.registry().list().stream().collect(Collectors.groupingBy(SegmentIndex::collectionId));
    List<CollectionStatus> all = new ArrayList<>();
    for (String database : lake.databases()) {
      for (CollectionInfo info : lake.collections(database)) {
        collection(info, indexes.getOrDefault(info.id(), List.of()), coordinator)
            .ifPresent(all::add);
      }
    }
    tables.keepOnly(all.stream().map(CollectionStatus::id).collect(Collectors.toSet()));
    return all;
  }

  private Optional<CollectionStatus> collection(
      CollectionInfo info, List<SegmentIndex> indexes, CoordinatorView coordinator) {
    TableFigures.Figures table;
    try {
      table = tables.of(info, indexes);
    } catch (TidemarkException e) {
      if (e.code() == ErrorCode.COLLECTION_NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
    Optional<ServedRows> served = reads.served(info.id());
    long committedMs = committedBehindMs(info);
    CoordinatorView.Collection known = coordinator.collections().get(info.id());
    return Optional.of(
        new CollectionStatus(
            info.id(),
            info.database() + "." + info.name(),
            reads.status(info.id()).map(StatusCollector::words).orElse("no"),
            table.rows(),
            served.map(ServedRows::liveRows).orElse(table.rows()),
            served.map(ServedRows::growingRows).orElse(0L),
            table.pendingRows(),
            served.map(ServedRows::rejectedRows).orElse(0L),
            table.files(),
            table.deleteFiles(),
            table.bytes(),
            table.indexBytes(),
            committedMs,
            table.pendingRows() == 0
                ? committedMs
                : Math.max(
                    committedMs, Math.max(0, System.currentTimeMillis() - table.oldestPendingMs())),
            served.map(rows -> Health.behindMs(rows.readTimestamp())).orElse(0L),
            coordinator.segments().getOrDefault(info.id(), Map.of()),
            known == null ? "" : known.phase().toLowerCase(java.util.Locale.ROOT),
            reads.sampledRecall(info.id()).stream()
                .map(figure ->
                    new StatusReport.Recall(
                        figure.kind(), RecallWindow.K, figure.queries(), figure.recall()))
                .toList()));
  }

  private static String words(LoadStatus status) {
    return status.loaded()
        ? "loaded"
        : status.percent() + " %" + (status.error() == null ? "" : ", " + status.error());
  }

  private long committedBehindMs(CollectionInfo info) {
    long behind = 0;
    for (int shard = 0; shard < info.shards(); shard++) {
      long position = GlobalPositions.of(control, info, shard);
      if (position == 0) {
        position = lake.table(info).position(shard);
      }
      behind = Math.max(behind, Health.behindMs(position));
    }
    return behind;
  }

  private StatusReport.Stages stages(long committedMs, List<CollectionStatus> collections) {
    List<CollectionStatus> loaded =
        collections.stream().filter(each -> each.load().equals("loaded")).toList();
    return new StatusReport.Stages(
        HybridTimestamp.physicalMs(lastAcknowledged.getAsLong()),
        new Stage(committedMs, sum(collections, CollectionStatus::growingRows)),
        new Stage(
            collections.stream()
                .filter(each -> each.pendingRows() > 0)
                .mapToLong(CollectionStatus::indexedBehindMs)
                .reduce(committedMs, Math::max),
            sum(collections, CollectionStatus::pendingRows)),
        new Stage(
            loaded.stream().mapToLong(CollectionStatus::loadedBehindMs).max().orElse(0),
            sum(
                loaded,
                each ->
                    reads
                        .served(each.id())
                        .map(rows -> Math.max(0, each.rows() - rows.sealedRows()))
                        .orElse(0L))));
  }

  private static long sum(
      List<CollectionStatus> collections, java.util.function.ToLongFunction<CollectionStatus> of) {
    return collections.stream().mapToLong(of).sum();
  }

  private StatusReport.Totals totals(List<CollectionStatus> collections, ReadMetrics metrics) {
    Map<String, Long> segments = new TreeMap<>();
    collections.forEach(
        each -> each.segments().forEach((state, count) -> segments.merge(state, count, Long::sum)));
    return new StatusReport.Totals(
        collections.size(),
        metrics.collections(),
        sum(collections, CollectionStatus::rows),
        sum(collections, CollectionStatus::files),
        sum(collections, CollectionStatus::deleteFiles),
        metrics.sealedSegments(),
        bytes(log),
        sum(collections, CollectionStatus::bytes),
        sum(collections, CollectionStatus::indexBytes),
        metrics.growingBytes(),
        metrics.loadedBytes(),
        metrics.loadedBytesMax(),
        metrics.rejectedRows(),
        metrics.indexFailures(),
        metrics.damagedFiles(),
        metrics.cacheBytes(),
        metrics.cacheEvictions(),
        metrics.indexDownloads(),
        metrics.searches(),
        metrics.queries(),
        metrics.plans().entrySet().stream()
            .collect(
                Collectors.toMap(
                    plan -> plan.getKey().name().toLowerCase(java.util.Locale.ROOT),
                    Map.Entry::getValue)),
        metrics.scoredRows(),
        metrics.filteredRows(),
        segments);
  }

  private static long bytes(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.mapToLong(StatusCollector::size).sum();
    } catch (UncheckedIOException | IOException e) {
      // Segments of the log come and go while it is walked.
      return 0;
    }
  }

  private static long size(Path file) {
    try {
      return Files.isRegularFile(file) ? Files.size(file) : 0;
    } catch (NoSuchFileException e) {
      return 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> warnings(
      Health.Finding finding,
      CoordinatorView coordinator,
      List<CollectionStatus> collections,
      StatusReport.Jobs jobsNow,
      ReadMetrics metrics) {
    List<String> warnings = new ArrayList<>();
    if (!finding.reason().isEmpty()) {
      warnings.add(finding.reason());
    }
    for (CollectionStatus each : collections) {
      aside(each).forEach(warnings::add);
      if (each.rejectedRows() > 0) {
        warnings.add(
            each.name()
                + ": "
                + each.rejectedRows()
                + " rows that another engine wrote cannot be read: a null key, or a vector of the wrong"
                + " dimension or with a NaN");
      }
      if (each.load().contains(",")) {
        warnings.add(each.name() + " does not load: " + each.load());
      }
      reads
          .status(each.id())
          .filter(LoadStatus::loaded)
          .map(LoadStatus::error)
          .ifPresent(error ->
              warnings.add(each.name() + " does not take in what is new in its table: " + error));
      CoordinatorView.Collection known = coordinator.collections().get(each.id());
      if (known != null && known.failures() > 0) {
        warnings.add(
            each.name()
                + ": its jobs failed "
                + known.failures()
                + " times in a row, they are tried again: "
                + known.message());
      }
    }
    coordinator.schedules().stream()
        .filter(schedule -> schedule.failures() > 0)
        .forEach(schedule ->
            warnings.add(
                "schedule "
                    + schedule.name()
                    + " failed "
                    + schedule.failures()
                    + " times in a row: "
                    + schedule.message()));
    jobsNow.ended().stream()
        .filter(job -> job.state().equals("failed"))
        .limit(1)
        .forEach(job ->
            warnings.add("job " + job.id() + " (" + job.kind() + ") failed: " + job.message()));
    if (metrics.indexFailures() > 0) {
      warnings.add(
          metrics.indexFailures()
              + " index files could not be used since the start: their rows are searched exactly");
    }
    if (coordinator.poison() > 0) {
      warnings.add(
          coordinator.poison() + " messages of the coordinator were set aside, see the log file");
    }
    return warnings;
  }

  private Stream<String> aside(CollectionStatus collection) {
    String prefix = ControlKeys.ASIDE + collection.id() + "/";
    return control.list(prefix).keySet().stream()
        .map(key -> Integer.parseInt(key.substring(prefix.length())))
        .flatMap(shard ->
            AsideCollections.of(control, collection.id(), shard).stream()
                .map(range ->
                    collection.name()
                        + ": shard "
                        + shard
                        + " is set aside, its rows stay in the log: "
                        + range.reason()));
  }
}
