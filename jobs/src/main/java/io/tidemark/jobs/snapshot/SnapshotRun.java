package io.tidemark.jobs.snapshot;

import io.tidemark.jobs.run.CommittedLog;
import io.tidemark.jobs.run.JobContext;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.control.ControlKeys;
import io.tidemark.model.control.ControlStore;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.time.HybridTimestamp;
import io.tidemark.stores.backup.Backup;
import io.tidemark.stores.backup.BackupCollection;
import io.tidemark.stores.backup.BackupWriter;
import io.tidemark.stores.backup.CollectionCopy;
import io.tidemark.stores.backup.CollectionState;
import io.tidemark.stores.backup.Copied;
import io.tidemark.stores.backup.CopyTarget;
import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.lake.LakeTable;
import io.tidemark.stores.lake.SnapshotTag;
import io.tidemark.stores.lake.SnapshotTags;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run: the steps of its action, each of which is one commit. Use once. */
final class SnapshotRun {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotRun.class);

  /** A state tagged just for a backup stays at most so long if the backup is killed. */
  private static final Duration BACKUP_MAX = Duration.ofDays(2);

  private final JobContext context;
  private final SnapshotOptions options;
  private final Lake lake;
  private final @Nullable ControlStore control;
  private final Optional<CommittedLog> committed;
  private final Map<String, Object> figures = new LinkedHashMap<>();

  SnapshotRun(
      JobContext context, SnapshotOptions options, Lake lake, @Nullable ControlStore control) {
    this.context = context;
    this.options = options;
    this.lake = lake;
    this.control = control;
    this.committed =
        control == null
            ? Optional.empty()
            : Optional.of(new CommittedLog(context.requireLog(), control));
  }

  /** What was done, by name. */
  Map<String, Object> run() throws InterruptedException {
    figures.put("action", options.action().command());
    switch (options.action()) {
      case CREATE -> create();
      case LIST -> list();
      case DROP -> drop();
      case RESTORE -> restore();
      case BACKUP -> backup();
      case IMPORT -> importBackup();
    }
    return figures;
  }

  private void create() throws InterruptedException {
    String name = SnapshotTag.checkName(options.require("name"));
    List<CollectionInfo> collections = collections();
    Map<Integer, Long> ends = ends(collections);
    for (CollectionInfo info : collections) {
      LakeTable table = lake.table(info);
      Optional<Long> snapshot = options.snapshotId();
      SnapshotTag tag =
          snapshot.isPresent()
              ? SnapshotTags.createAt(table, name, snapshot.get(), options.age())
              : tag(table, name, ends, options.age());
      tell(info, tag);
    }
  }

  /**
   * What was acknowledged before the run, looked up once: the first wait is nearly the only one.
   */
  private Map<Integer, Long> ends(List<CollectionInfo> collections) {
    return committed.isPresent() && options.flush() ? committed.get().ends(collections) : Map.of();
  }

  /** Names what is there now, once it is committed. */
  private SnapshotTag tag(
      LakeTable table, String name, Map<Integer, Long> ends, @Nullable Duration age)
      throws InterruptedException {
    // A name that is there already needs no waiting, and whoever was killed may ask again.
    Optional<SnapshotTag> known = SnapshotTags.find(table, name);
    if (known.isPresent()) {
      return SnapshotTags.create(table, name, Map.of(), age);
    }
    Map<Integer, Long> positions = Map.of();
    if (committed.isPresent()) {
      context.progress().stage("waiting until " + table.info().name() + " is committed");
      positions =
          options.flush()
              ? committed.get().awaitEnds(table, ends, options.patience())
              : committed.get().positions(table.info());
    }
    return SnapshotTags.create(table, name, positions, age);
  }

  private void list() {
    int number = 0;
    for (CollectionInfo info : collections()) {
      for (SnapshotTag tag : SnapshotTags.list(lake.table(info))) {
        tell(info, tag);
        number++;
      }
    }
    figures.put("snapshots", number);
  }

  private void tell(CollectionInfo info, SnapshotTag tag) {
    figures.put(
        info.database() + "/" + info.name() + "@" + tag.name(),
        "time=%s as_of=%d rows=%d snapshot=%d%s"
            .formatted(
                Instant.ofEpochMilli(HybridTimestamp.physicalMs(tag.timestamp())),
                tag.timestamp(),
                tag.rows(),
                tag.snapshotId(),
                tag.ageMaxMs() == 0
                    ? ""
                    : " until=" + Instant.ofEpochMilli(tag.committedMs() + tag.ageMaxMs())));
  }

  private void drop() {
    String name = options.require("name");
    int dropped = 0;
    for (CollectionInfo info : collections()) {
      dropped += SnapshotTags.drop(lake.table(info), name) ? 1 : 0;
    }
    if (dropped == 0 && context.request().collection().isPresent()) {
      var unused = SnapshotTags.require(lake.table(one()), name);
    }
    figures.put("dropped", dropped);
  }

  private void restore() throws InterruptedException {
    CollectionInfo info = one();
    SnapshotOptions.Name as = SnapshotOptions.name(options.require("as"), info.database());
    LakeTable table = lake.table(info);
    SnapshotTag tag = SnapshotTags.require(table, options.require("name"));
    CollectionState state = CollectionState.of(lake, table, tag);
    context.progress().stage("copying " + info.name() + " as of " + tag.name());
    context.progress().planned(state.fileCount(), state.rows(), state.bytes());
    CopyTarget target = CopyTarget.of(lake, as.database(), as.collection(), info.pchannels());
    tell(target, make(target, () -> CollectionCopy.copy(lake, state, target)));
    context.progress().done(state.fileCount(), state.rows());
  }

  private interface Copy {
    Copied copy() throws InterruptedException;
  }

  /** Its id is made known before there is a table, as by whoever creates a collection. */
  private Copied make(CopyTarget target, Copy copy) throws InterruptedException {
    String key = ControlKeys.COLLECTION + target.id();
    if (control != null) {
      requireNoAlias(control, target);
      control.put(key, target.database() + "/" + target.name());
    }
    try {
      return copy.copy();
    } catch (RuntimeException | Error | InterruptedException e) {
      if (control != null && lake.collectionById(target.id()).isEmpty()) {
        control.delete(key);
      }
      throw e;
    }
  }

  /** Whoever reads by an alias must not be given another collection's rows. */
  private static void requireNoAlias(ControlStore control, CopyTarget target) {
    control.refresh();
    if (control.get(ControlKeys.ALIAS + target.database() + "/" + target.name()).isPresent()) {
      throw TidemarkException.invalid(
          "the name "
              + target.name()
              + " is an alias in database "
              + target.database()
              + ": restore under another name (--as NAME), then let the alias name that");
    }
  }

  private void tell(CopyTarget target, Copied copied) {
    LOG.info("collection made id={} name={} rows={}", target.id(), target.name(), copied.rows());
    figures.put(
        target.database() + "/" + target.name(),
        "id=%d rows=%d files=%d indexes=%d bytes=%d"
            .formatted(
                copied.collectionId(),
                copied.rows(),
                copied.files(),
                copied.indexes(),
                copied.bytes()));
  }

  private void backup() throws InterruptedException {
    String folder = options.folder("to");
    BackupWriter writer = BackupWriter.create(SnapshotOptions.io(lake, folder), folder);
    Optional<String> given = options.text("name");
    String name = given.orElse("backup-" + context.request().id().replaceAll("[^A-Za-z0-9]", "-"));
    SnapshotTag.checkName(name);
    List<CollectionInfo> collections = collections();
    if (collections.isEmpty()) {
      throw TidemarkException.invalid("there is no collection to back up");
    }
    Map<Integer, Long> ends = ends(collections);
    for (CollectionInfo info : collections) {
      LakeTable table = lake.table(info);
      Optional<SnapshotTag> known = SnapshotTags.find(table, name);
      SnapshotTag tag =
          known.isPresent()
              ? known.get()
              : tag(table, name, ends, given.isPresent() ? null : BACKUP_MAX);
      CollectionState state = CollectionState.of(lake, table, tag);
      context.progress().stage("backing up " + info.name());
      context.progress().planned(state.fileCount(), state.rows(), state.bytes());
      Copied copied = writer.add(lake, state);
      context.progress().done(state.fileCount(), state.rows());
      figures.put(
          info.database() + "/" + info.name() + "@" + name,
          "rows=%d files=%d indexes=%d bytes=%d"
              .formatted(copied.rows(), copied.files(), copied.indexes(), copied.bytes()));
    }
    writer.finish();
    if (given.isEmpty()) {
      collections.forEach(info -> SnapshotTags.drop(lake.table(info), name));
    }
    figures.put("backup", folder);
  }

  private void importBackup() throws InterruptedException {
    String folder = options.folder("from");
    Backup backup = Backup.open(SnapshotOptions.io(lake, folder), folder);
    List<BackupCollection> wanted = wanted(backup, folder);
    Map<BackupCollection, SnapshotOptions.Name> names = names(wanted);
    for (BackupCollection collection : wanted) {
      SnapshotOptions.Name name = Objects.requireNonNull(names.get(collection));
      if (!lake.databaseExists(name.database())) {
        lake.createDatabase(name.database(), Map.of());
      }
      List<Integer> pchannels = pchannels(collection);
      awaitBeyond(collection, pchannels);
      context.progress().stage("restoring " + name.collection());
      CopyTarget target = CopyTarget.of(lake, name.database(), name.collection(), pchannels);
      tell(target, make(target, () -> backup.restore(lake, collection, target)));
    }
  }

  private List<BackupCollection> wanted(Backup backup, String folder) {
    Optional<String> only = options.text("only");
    List<BackupCollection> wanted =
        backup.collections().stream()
            .filter(each -> only.isEmpty() || only.get().equals(each.info().name()))
            .toList();
    if (wanted.isEmpty() || (options.text("as").isPresent() && wanted.size() > 1)) {
      throw TidemarkException.invalid(
          "backup "
              + folder
              + " holds the collections "
              + backup.collections().stream().map(each -> each.info().name()).toList()
              + ": choose one of them with only");
    }
    return wanted;
  }

  /** Their names here, all of which must be free before anything is copied. */
  private Map<BackupCollection, SnapshotOptions.Name> names(List<BackupCollection> wanted) {
    Map<BackupCollection, SnapshotOptions.Name> names = new HashMap<>();
    for (BackupCollection collection : wanted) {
      CollectionInfo info = collection.info();
      SnapshotOptions.Name name =
          options
              .text("as")
              .map(as -> SnapshotOptions.name(as, info.database()))
              .orElse(new SnapshotOptions.Name(info.database(), info.name()));
      if (lake.collection(name.database(), name.collection()).isPresent()) {
        throw TidemarkException.invalid(
            "collection "
                + name.collection()
                + " already exists in database "
                + name.database()
                + ": drop it, or restore it under another name (--only NAME --as OTHER)");
      }
      names.put(collection, name);
    }
    return names;
  }

  /** Spread as those of a new collection. */
  private List<Integer> pchannels(BackupCollection collection) {
    if (context.logConfig().isEmpty()) {
      return collection.info().pchannels();
    }
    int first =
        lake.databases().stream().mapToInt(database -> lake.collections(database).size()).sum();
    List<Integer> pchannels = new ArrayList<>();
    for (int shard = 0; shard < collection.info().shards(); shard++) {
      pchannels.add((first + shard) % context.requireLog().pchannels());
    }
    return pchannels;
  }

  private void awaitBeyond(BackupCollection collection, List<Integer> pchannels)
      throws InterruptedException {
    Map<Integer, Long> positions = new HashMap<>();
    // Rows of other engines have the time of their commit, which may be beyond the positions.
    long rows = HybridTimestamp.ofMillis(collection.committedMs());
    for (int shard = 0; shard < pchannels.size(); shard++) {
      long position = collection.positions().getOrDefault(shard, 0L);
      positions.merge(pchannels.get(shard), Math.max(rows, position), Math::max);
    }
    if (committed.isPresent()) {
      committed.get().awaitBeyond(positions, options.patience());
      return;
    }
    long newest = positions.values().stream().mapToLong(Long::longValue).max().orElse(0);
    if (HybridTimestamp.physicalMs(newest) > System.currentTimeMillis()) {
      // What is written up to there would be taken for what the rows have already.
      throw TidemarkException.invalid(
          "the backup's newest rows are of %s, which this machine's clock has not reached: give the log's address, so that its time can be waited for, or import later"
              .formatted(HybridTimestamp.format(newest)));
    }
  }

  private List<CollectionInfo> collections() {
    if (context.request().collection().isPresent()) {
      return List.of(one());
    }
    return lake.databases().stream()
        .flatMap(database -> lake.collections(database).stream())
        .toList();
  }

  private CollectionInfo one() {
    Optional<Long> id = context.request().collection();
    return id.flatMap(lake::collectionById)
        .orElseThrow(() ->
            TidemarkException.invalid(
                "snapshot "
                    + options.action().command()
                    + (id.isPresent()
                        ? ": collection " + id.get() + " is gone"
                        : " is of one collection: name it")));
  }
}
