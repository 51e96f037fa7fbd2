package io.tidemark.jobs.reembed;

import io.tidemark.jobs.run.BatchRun;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.embedding.Embedder;
import io.tidemark.model.embedding.Embedders;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.lake.SegmentIndex.SourceFile;
import io.tidemark.model.schema.FieldSchema;
import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.lake.LakeConfig;
import io.tidemark.stores.lake.LakeFile;
import io.tidemark.stores.lake.LakeSnapshot;
import io.tidemark.stores.lake.LakeTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.api.common.accumulators.ListAccumulator;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Embeds what a task's files lack and commits them at once, so that a job that is killed loses one
 * task's work. What it did is in the job's accumulators.
 */
final class ReembedRunner extends ProcessFunction<ReembedTask, Long> {
  static final String DONE = "tidemark.reembed.done";
  static final String EMBEDDED = "tidemark.reembed.embedded";
  static final String REWRITTEN = "tidemark.reembed.rewritten";
  static final String LOST = "tidemark.reembed.lost";

  private static final long serialVersionUID = 1L;

  private final LakeConfig config;
  private final ReembedOptions options;

  private transient Lake lake;
  private transient Embedder model;
  private transient BatchRun.Counters counters;
  private transient ListAccumulator<String> done;
  private transient LongCounter embedded;
  private transient LongCounter rewritten;
  private transient LongCounter lost;

  @SuppressWarnings("NullAway.Init") // open() fills the rest before any other call
  ReembedRunner(LakeConfig config, ReembedOptions options) {
    this.config = config;
    this.options = options;
  }

  @Override
  public void open(OpenContext context) {
    lake = Lake.open(config);
    model = Embedders.open(options.model());
    counters = new BatchRun.Counters(getRuntimeContext());
    done = new ListAccumulator<>();
    getRuntimeContext().addAccumulator(DONE, done);
    embedded = counter(EMBEDDED);
    rewritten = counter(REWRITTEN);
    lost = counter(LOST);
  }

  private LongCounter counter(String name) {
    LongCounter counter = new LongCounter();
    getRuntimeContext().addAccumulator(name, counter);
    return counter;
  }

  /** A figure of a job that has ended. */
  static long figure(Map<String, Object> accumulators, String name) {
    return Objects.requireNonNull((Long) accumulators.get(name), name);
  }

  @Override
  public void close() {
    if (model != null) {
      model.close();
    }
    if (lake != null) {
      lake.close();
    }
  }

  @Override
  public void processElement(ReembedTask task, Context context, Collector<Long> out)
      throws Exception {
    Optional<CollectionInfo> collection = lake.collectionById(task.collectionId());
    if (collection.isEmpty()) {
      return;
    }
    // A snapshot of its own: one of when the job was planned may expire before its last task.
    LakeTable table = lake.table(collection.get());
    LakeSnapshot planned = table.snapshot();
    Map<String, LakeFile> live = new HashMap<>();
    planned.files().forEach(file -> live.put(file.path(), file));
    FieldSchema text = options.text(table.info());
    FieldSchema vector = options.vector(table.info(), model.dimension());
    List<LakeFile> files = new ArrayList<>();
    for (SourceFile source : task.sources()) {
      LakeFile file = live.get(source.path());
      if (file == null || file.rows() != source.rows()) {
        lost.add(1);
        return;
      }
      files.add(file);
    }
    Set<Integer> fields =
        ReembedCommitter.built(table.info()).stream()
            .map(IndexDefinition::fieldId)
            .collect(Collectors.toSet());
    ReembedRows rows = ReembedRows.read(table, files, text, vector, fields);
    List<Integer> wanted = rows.wanted(options.all());
    for (int start = 0; start < wanted.size(); start += options.batch()) {
      List<Integer> some = wanted.subList(start, Math.min(start + options.batch(), wanted.size()));
      rows.embed(model, some);
      counters.rowsDone(some.size());
    }
    if (!wanted.isEmpty()) {
      Optional<List<String>> written =
          new ReembedCommitter(lake, options).commit(table, planned, files, task, rows);
      if (written.isEmpty()) {
        lost.add(1);
        return;
      }
      embedded.add(wanted.size());
      rewritten.add(files.size());
      written.get().forEach(done::add);
    }
    task.sources().forEach(source -> done.add(source.path()));
    counters.taskDone();
  }
}
