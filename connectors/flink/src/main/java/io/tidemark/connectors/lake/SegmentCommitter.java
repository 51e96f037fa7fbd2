package io.tidemark.connectors.lake;

import io.tidemark.model.log.WindowedLog;
import io.tidemark.stores.lake.LakeTable;
import io.tidemark.stores.lake.LogSnapshotCommitter;
import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits each window's files as soon as they arrive, all windows of a collection in one task and
 * in order. It keeps no state: the table's position tells what is committed, and its check runs
 * inside the commit, so a window that comes again is recognised, and one that does not follow its
 * predecessor fails the task. While catalog or files cannot be reached it waits, and with it the
 * stages before it.
 */
final class SegmentCommitter extends ProcessFunction<SegmentCommit, CommittedProgress> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(SegmentCommitter.class);

  private final LakeAccess access;
  private final CommitStep step;

  private transient CollectionTables tables;
  private transient Set<Shard> aside;
  private transient RecoveringShards recovering;
  private transient Counter commits;
  private transient Counter repeated;
  private transient Counter setAside;

  private record Shard(long collectionId, int shard) {}

  @SuppressWarnings("NullAway.Init") // open() fills the rest before any other call
  SegmentCommitter(LakeAccess access, CommitStep step) {
    this.access = access;
    this.step = step;
  }

  @Override
  public void open(OpenContext context) throws InterruptedException {
    tables = CollectionTables.open(access);
    aside = new HashSet<>();
    recovering = new RecoveringShards(tables.control());
    commits = getRuntimeContext().getMetricGroup().counter("commits");
    repeated = getRuntimeContext().getMetricGroup().counter("commitsRepeated");
    setAside = getRuntimeContext().getMetricGroup().counter("windowsSetAside");
  }

  @Override
  public void close() {
    if (tables != null) {
      tables.close();
    }
  }

  @Override
  public void processElement(
      SegmentCommit commit, Context context, Collector<CommittedProgress> out) throws Exception {
    WindowedLog.Progress progress = commit.progress;
    if (progress != null) {
      recovering.reached(progress);
      int committer = getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
      int committers = getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks();
      out.collect(
          new CommittedProgress(
              progress.timestamp(),
              progress.task(),
              progress.tasks(),
              committer,
              committers,
              progress.prompt()));
      return;
    }
    Shard shard = new Shard(commit.collectionId, commit.shard);
    if (!commit.unwritable.isEmpty() || aside.contains(shard)) {
      setAside(shard, commit);
      return;
    }
    Optional<LakeTable> table = tables.current(commit.collectionId);
    if (table.isEmpty()) {
      LOG.info(
          "window of a dropped collection is not committed collection={} shard={} to={}",
          commit.collectionId,
          commit.shard,
          commit.to);
      return;
    }
    commit(table.get(), commit);
  }

  private void commit(LakeTable table, SegmentCommit commit)
      throws IOException, ClassNotFoundException, InterruptedException {
    SegmentFileWriter.Written files = commit.written();
    // A commit that may have succeeded is recognised when it is repeated.
    LogSnapshotCommitter.Outcome outcome =
        WhileAway.repeat(
            "commit",
            () ->
                step.commit(
                    table, commit.shard, commit.from, commit.to, files, commit.droppedPartitions));
    switch (outcome) {
      case COMMITTED -> commits.inc();
      case ALREADY_THERE -> repeated.inc();
    }
    recovering.committed(commit.collectionId, commit.shard);
  }

  private void setAside(Shard shard, SegmentCommit commit)
      throws IOException, ClassNotFoundException, InterruptedException {
    setAside.inc();
    aside.add(shard);
    recovering.setAside(commit.collectionId, commit.shard);
    AsideCollections.put(
        tables.control(),
        commit.collectionId,
        commit.shard,
        commit.from,
        commit.to,
        commit.unwritable);
    Optional<LakeTable> table = tables.current(commit.collectionId);
    if (table.isPresent()) {
      // Its files will never be named by a commit.
      commit
          .written()
          .dataFiles()
          .forEach(file -> table.get().iceberg().io().deleteFile(file.location()));
      commit
          .written()
          .deleteFiles()
          .forEach(file -> table.get().iceberg().io().deleteFile(file.location()));
    }
  }
}
