package io.tidemark.serving.read;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.control.ControlStore;
import io.tidemark.model.control.ReaderFloors;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.model.time.HybridTimestamp;
import io.tidemark.serving.read.cache.CacheSpace;
import io.tidemark.serving.read.cache.ColumnCache;
import io.tidemark.serving.read.cache.IndexCache;
import io.tidemark.serving.read.load.MemoryBudget;
import io.tidemark.serving.read.load.SegmentLoader;
import io.tidemark.serving.read.load.SegmentMemory;
import io.tidemark.serving.read.load.SegmentPlan;
import io.tidemark.serving.read.load.SegmentPlanner;
import io.tidemark.serving.read.recall.RecallFigure;
import io.tidemark.serving.read.recall.RecallReport;
import io.tidemark.serving.read.recall.RecallWindow;
import io.tidemark.serving.read.travel.AsOf;
import io.tidemark.serving.read.travel.LiveSegments;
import io.tidemark.serving.read.travel.TimeTravel;
import io.tidemark.serving.read.view.LiveSegment;
import io.tidemark.serving.read.view.ReadView;
import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.lake.LakeFile;
import io.tidemark.stores.lake.TimeToLive;
import io.tidemark.stores.log.ChannelWriters;
import io.tidemark.stores.log.LogTails;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers searches and queries on loaded collections. Keeps each loaded collection in memory up to
 * date with its table, its indexes and the log, in the background. Thread-safe.
 */
public final class ReadService implements AutoCloseable {
  /** Of one answer. */
  public static final int ANSWER_BYTES_MAX = 256 << 20;

  private static final Logger LOG = LoggerFactory.getLogger(ReadService.class);

  private final Lake lake;
  private final ReadSources sources;
  private final CacheSpace space;
  private final IndexCache indexFiles;
  private final long growingBytesMax;
  private final MemoryBudget memory;
  private final SearchPool pool;
  private final ExecutorService decoders;
  private final ExecutorService refreshers;
  private final ExecutorService builds;
  private final ScheduledExecutorService poller;
  private final FloorPublisher floors;
  private final TimeTravel travel;
  private final Map<Long, LoadedCollection> collections = new ConcurrentHashMap<>();

  /** Handles for questions about progress, apart from those that loading follows. */
  private final CommittedTables tables;

  private final SearchCounters searches = new SearchCounters();
  private final ExplainedSearches explained = new ExplainedSearches();
  private final RecallSampler sampler;

  /** Inline: what is measured in the background must not take cores from searches. */
  private final SearchPool background = new SearchPool(1);

  private final LongAdder queries = new LongAdder();

  public ReadService(
      Lake lake, LogTails tails, ChannelWriters writers, ControlStore control, ReadConfig config) {
    this(lake, new KafkaLogFeed(tails, writers), control, config);
  }

  /** Owns none of what it is given. */
  public ReadService(Lake lake, LogFeed feed, ControlStore control, ReadConfig config) {
    this.lake = lake;
    this.tables = new CommittedTables(lake);
    this.growingBytesMax = config.growingBytesMax();
    this.memory = new MemoryBudget(config.loadedBytesMax());
    this.pool = new SearchPool(config.searchThreads());
    this.decoders =
        Executors.newFixedThreadPool(
            config.searchThreads(),
            Thread.ofPlatform().name("tidemark-load-", 0).daemon().factory());
    this.builds =
        Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("tidemark-interim-index").daemon().factory());
    this.refreshers =
        Executors.newCachedThreadPool(
            Thread.ofPlatform().name("tidemark-refresh-", 0).daemon().factory());
    this.space = CacheSpace.open(config.cacheDirectory(), config.cacheBytesMax());
    this.indexFiles =
        new IndexCache(config.cacheDirectory().resolve("indexes"), space, lake.registry().io());
    ColumnCache cache = new ColumnCache(config.cacheDirectory(), space);
    this.sources =
        new ReadSources(
            lake,
            feed,
            control,
            new SegmentLoader(cache, indexFiles, decoders),
            cache,
            memory,
            builds);
    this.poller =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("tidemark-poll").daemon().factory());
    this.travel =
        new TimeTravel(
            lake,
            control,
            new FeedOfThePast(feed),
            new ColumnCache(config.cacheDirectory().resolve("as-of"), space),
            indexFiles,
            decoders,
            refreshers,
            memory,
            this::liveSegments);
    this.sampler = new RecallSampler(config.recallShare(), this::recallOf);
    this.floors = new FloorPublisher(control, collections.values());
    long intervalMs = Math.max(1, config.pollInterval().toMillis());
    poller.execute(this::forgetDropped);
    var unusedTelling =
        poller.scheduleWithFixedDelay(
            () -> refreshers.execute(floors::publish),
            intervalMs,
            ReaderFloors.EVERY.toMillis(),
            TimeUnit.MILLISECONDS);
    var unused =
        poller.scheduleWithFixedDelay(
            () -> {
              collections.values().forEach(LoadedCollection::poll);
              travel.tidy();
            },
            intervalMs,
            intervalMs,
            TimeUnit.MILLISECONDS);
  }

  /** What is cached of collections that were dropped while nobody looked. */
  private void forgetDropped() {
    try {
      for (long id : sources.cache().collections()) {
        if (lake.collectionById(id).isEmpty()) {
          sources.cache().remove(id);
          indexFiles.remove(id);
        }
      }
    } catch (RuntimeException e) {
      LOG.warn("Could not tidy the column cache; it only takes disk space", e);
    }
  }

  /**
   * Loads a collection, or more of its partitions.
   *
   * @param partitions empty for all, those created later included
   * @return completes when reads work; exceptionally only if the collection is dropped or released
   *     meanwhile, since any other failure is shown in {@link #status} and tried again
   */
  public CompletableFuture<Void> load(CollectionInfo info, Set<String> partitions) {
    LoadedCollection collection =
        collections.computeIfAbsent(
            info.id(),
            id -> {
              sources.cache().hold(id);
              return new LoadedCollection(info, partitions, sources, refreshers, this::vanished);
            });
    return collection.want(info, partitions);
  }

  /**
   * Whether there is memory for a collection, or for more of its partitions; takes nothing.
   *
   * @param partitions empty for all
   * @throws TidemarkException MEMORY_LIMIT, with the bytes needed and those there;
   *     COLLECTION_NOT_FOUND
   */
  public void checkMemory(CollectionInfo info, Set<String> partitions) {
    memory.check("collection " + info.name(), memoryNeeded(info, partitions));
  }

  /** Bytes that loading the newest snapshot takes about, beyond what is loaded. */
  long memoryNeeded(CollectionInfo info, Set<String> partitions) {
    List<LakeFile> files =
        tables.snapshot(info).files().stream().filter(file -> file.mayHoldAny(partitions)).toList();
    List<SegmentPlan> plans = SegmentPlanner.plan(info, files, lake.registry().list(info.id()));
    LoadedCollection collection = collections.get(info.id());
    return SegmentMemory.needed(info, plans, collection == null ? Map.of() : collection.segments());
  }

  private void vanished(long collectionId) {
    release(collectionId);
    sources.cache().remove(collectionId);
    indexFiles.remove(collectionId);
    tables.forget(collectionId);
  }

  /** Lets go of a collection; nothing if it is not loaded. */
  public void release(long collectionId) {
    LoadedCollection collection = collections.remove(collectionId);
    if (collection != null) {
      collection.close();
      sources.cache().letGo(collectionId);
    }
    travel.release(collectionId);
    sampler.forget(collectionId);
  }

  /** Lets go of partitions, and of the collection with the last. */
  public void release(CollectionInfo info, Set<String> partitions) {
    LoadedCollection collection = collections.get(info.id());
    if (collection != null && !collection.unwant(info, partitions)) {
      release(info.id());
    }
  }

  /** Empty if it is neither loaded nor being loaded. */
  public Optional<LoadStatus> status(long collectionId) {
    return Optional.ofNullable(collections.get(collectionId)).map(LoadedCollection::status);
  }

  /** What reads of the collection see now; empty if it is not loaded. */
  public Optional<ServedRows> served(long collectionId) {
    return Optional.ofNullable(collections.get(collectionId)).flatMap(LoadedCollection::served);
  }

  /** To be told of changes of schema, partitions, indexes, or name; also looks at the table now. */
  public void changed(CollectionInfo info) {
    LoadedCollection collection = collections.get(info.id());
    if (collection != null) {
      collection.changed(info);
    }
  }

  /**
   * @throws TidemarkException COLLECTION_NOT_LOADED; PARTITION_NOT_FULLY_LOADED; SERVICE_NOT_READY,
   *     retriable, if the log could not be read up to the guarantee timestamp in time;
   *     INVALID_PARAMETER if that lies too far ahead
   */
  public SearchAnswer search(SearchCommand command) {
    searches.searched();
    SearchAnswer answer =
        read(
            command.collection(),
            command.partitions(),
            command.guaranteeTimestamp(),
            command.timeout(),
            (view, partitions, readTimestamp) ->
                new SearchRun(command, partitions, view, searches).answer(pool, readTimestamp));
    sampler.offer(command);
    return told(command, answer);
  }

  /**
   * On the caller's thread alone; empty if it would have to wait for the log, or may take more than
   * about a millisecond.
   *
   * @throws TidemarkException as {@link #search(SearchCommand)}
   */
  public Optional<SearchAnswer> searchPromptly(SearchCommand command) {
    CollectionRefresh.Published published =
        loaded(command.collection()).published(command.partitions());
    if (!PromptSearch.mayBe(command) || !published.partitions().isEmpty()) {
      return Optional.empty();
    }
    Optional<SearchAnswer> answer =
        published
            .rows()
            .viewPromptly(command.guaranteeTimestamp())
            .flatMap(open ->
                read(
                    command.collection(),
                    command.partitions(),
                    published,
                    open,
                    (view, partitions, readTimestamp) ->
                        new SearchRun(command, partitions, view, searches)
                            .answerPromptly(pool, readTimestamp)));
    if (answer.isPresent()) {
      searches.searched();
      sampler.offer(command);
    }
    return answer.map(each -> told(command, each));
  }

  private SearchAnswer told(SearchCommand command, SearchAnswer answer) {
    answer.explanation().ifPresent(explanation -> explained.add(command, explanation));
    return answer;
  }

  /** The last searches that were to be explained, the newest first. */
  public List<ExplainedSearch> explained() {
    return explained.all();
  }

  /**
   * All the searches over one view; counts as one search. Those that are to be explained are each
   * told on their own under {@link #explained}, not in the answer.
   *
   * @throws TidemarkException as {@link #search(SearchCommand)}
   */
  public SearchAnswer search(HybridCommand command) {
    searches.searched();
    SearchCommand first = command.first();
    SearchAnswer answer =
        read(
            first.collection(),
            first.partitions(),
            first.guaranteeTimestamp(),
            first.timeout(),
            (view, partitions, readTimestamp) ->
                HybridRun.answer(
                    command, partitions, view, pool, searches, explained, readTimestamp));
    command.searches().forEach(sampler::offer);
    return answer;
  }

  /**
   * @throws TidemarkException as {@link #search(SearchCommand)}
   */
  public QueryAnswer query(QueryCommand command) {
    queries.increment();
    return read(
        command.collection(),
        command.partitions(),
        command.guaranteeTimestamp(),
        command.timeout(),
        (view, partitions, readTimestamp) ->
            new QueryRun(command, partitions, view, pool).answer(readTimestamp));
  }

  /**
   * As of a time gone by, whether or not the collection is loaded; the command's guarantee says
   * nothing then. The answer's read timestamp is that time.
   *
   * @throws TidemarkException INVALID_PARAMETER if it cannot be had, with what can;
   *     SERVICE_NOT_READY, retriable, if it is not in memory in time
   */
  public SearchAnswer search(SearchCommand command, AsOf asOf) {
    searches.searched();
    return told(
        command,
        readPast(
            command.collection(),
            asOf,
            command.timeout(),
            (view, timestamp) ->
                new SearchRun(command, command.partitions(), view, searches)
                    .answer(pool, timestamp)));
  }

  /**
   * As of a time gone by.
   *
   * @throws TidemarkException as the search does
   */
  public SearchAnswer search(HybridCommand command, AsOf asOf) {
    searches.searched();
    SearchCommand first = command.first();
    return readPast(
        first.collection(),
        asOf,
        first.timeout(),
        (view, timestamp) ->
            HybridRun.answer(
                command, first.partitions(), view, pool, searches, explained, timestamp));
  }

  /**
   * As of a time gone by.
   *
   * @throws TidemarkException as the search does
   */
  public QueryAnswer query(QueryCommand command, AsOf asOf) {
    queries.increment();
    return readPast(
        command.collection(),
        asOf,
        command.timeout(),
        (view, timestamp) ->
            new QueryRun(command, command.partitions(), view, pool).answer(timestamp));
  }

  private interface PastRead<A> {
    A answer(ReadView view, long timestamp);
  }

  private <A> A readPast(CollectionInfo info, AsOf asOf, Duration timeout, PastRead<A> read) {
    try (TimeTravel.OpenMoment moment = travel.open(info, asOf, timeout)) {
      long timestamp = moment.timestamp();
      return read.answer(unexpired(moment.view(), info, timestamp), timestamp);
    }
  }

  private LiveSegments liveSegments(long collectionId) {
    LoadedCollection collection = collections.get(collectionId);
    return collection == null ? LiveSegments.NONE : collection.liveSegments();
  }

  private interface Read<A> {
    A answer(ReadView view, Set<String> partitions, long readTimestamp);
  }

  private <A> A read(
      CollectionInfo info, Set<String> wanted, long guarantee, Duration timeout, Read<A> read) {
    while (true) {
      CollectionRefresh.Published published = loaded(info).published(wanted);
      Optional<FollowedRows.OpenView> view = published.rows().view(guarantee, timeout);
      if (view.isPresent()) {
        return read(info, wanted, published, view.get(), read);
      }
      // Released, or following began anew: ask for the rows again.
    }
  }

  /** Closes the view. */
  private static <A> A read(
      CollectionInfo info,
      Set<String> wanted,
      CollectionRefresh.Published published,
      FollowedRows.OpenView open,
      Read<A> read) {
    try (open) {
      long readTimestamp = open.readTimestamp();
      return read.answer(
          unexpired(open.view(), info, readTimestamp),
          wanted.isEmpty() ? published.partitions() : wanted,
          readTimestamp);
    }
  }

  /** Without the rows that have outlived the collection's time to live at that moment. */
  private static ReadView unexpired(ReadView view, CollectionInfo info, long timestamp) {
    return view.notOlderThan(TimeToLive.cutoff(info, HybridTimestamp.physicalMs(timestamp)));
  }

  private LoadedCollection loaded(CollectionInfo info) {
    LoadedCollection collection = collections.get(info.id());
    if (collection == null) {
      throw new TidemarkException(
          ErrorCode.COLLECTION_NOT_LOADED, "collection not loaded[collection=" + info.name() + "]");
    }
    return collection;
  }

  /**
   * Asks for stored rows of a loaded collection, as users' searches would be answered and exactly,
   * over one view; on the caller's thread and the search threads.
   *
   * @throws TidemarkException COLLECTION_NOT_LOADED; INVALID_PARAMETER for what is wrong with the
   *     request, or if there is no row to ask for
   */
  public RecallReport recall(RecallRequest request) {
    SearchCommand search = request.search();
    RecallReport report =
        read(
            search.collection(),
            search.partitions(),
            search.guaranteeTimestamp(),
            search.timeout(),
            (view, partitions, readTimestamp) ->
                new RecallProbe(view, partitions, pool)
                    .ofRows(search, request.queries(), request.seed(), readTimestamp));
    if (report.queries() == 0) {
      throw TidemarkException.invalid(
          "collection '"
              + search.collection().name()
              + "' has no rows with a vector to ask for: insert some first");
    }
    return report;
  }

  private List<RecallFigure> recallOf(SearchCommand search) {
    return read(
        search.collection(),
        search.partitions(),
        1,
        search.timeout(),
        (view, partitions, readTimestamp) ->
            new RecallProbe(view, partitions, background).ofQueries(search));
  }

  /**
   * What users' searches of the last time found of {@link RecallWindow#K} true hits, by kind of
   * segment; empty if none was compared yet.
   */
  public List<RecallFigure> sampledRecall(long collectionId) {
    return sampler.figures(collectionId);
  }

  /**
   * How much of the committed rows an index covers, whether or not the collection is loaded.
   *
   * @throws TidemarkException COLLECTION_NOT_FOUND
   */
  public IndexProgress indexProgress(CollectionInfo info, int fieldId) {
    List<LakeFile> files = tables.snapshot(info).files();
    List<SegmentIndex> registered = lake.registry().list(info.id());
    return new IndexProgress(
        files.stream().mapToLong(LakeFile::rows).sum(),
        SegmentPlanner.indexedRows(info, files, registered, fieldId));
  }

  /**
   * The live rows of a loaded collection; else the committed rows, of which some may be deleted.
   *
   * @param partitions only there; empty for all
   * @throws TidemarkException COLLECTION_NOT_FOUND
   */
  public long rowCount(CollectionInfo info, Set<String> partitions) {
    LoadedCollection collection = collections.get(info.id());
    LoadStatus status = collection == null ? null : collection.status();
    if (collection != null && status != null && status.loaded() && status.partitions().isEmpty()) {
      Optional<FollowedRows.OpenView> view = collection.published(Set.of()).rows().view();
      if (view.isPresent()) {
        try (FollowedRows.OpenView open = view.get()) {
          return unexpired(open.view(), info, open.readTimestamp()).segments(false).stream()
              .mapToLong(live -> rows(live, partitions))
              .sum();
        }
      }
    }
    return tables.snapshot(info).files().stream()
        .filter(file -> partitions.isEmpty() || partitions.contains(file.partition()))
        .mapToLong(LakeFile::rows)
        .sum();
  }

  private static long rows(LiveSegment live, Set<String> partitions) {
    BitSet wanted = live.rows().inPartitions(partitions);
    BitSet alive = live.among(wanted);
    return alive == null ? live.rows().size() : alive.cardinality();
  }

  /**
   * How full the memory for growing rows is: 0 is empty, 1 is full. Near 1 writes are to be slowed,
   * beyond it refused, so that commits can catch up.
   */
  public double pressure() {
    return (double) growingBytes() / growingBytesMax;
  }

  private long growingBytes() {
    return collections.values().stream().mapToLong(LoadedCollection::growingBytes).sum();
  }

  /** As of now. */
  public ReadMetrics metrics() {
    return new ReadMetrics(
        collections.size(),
        collections.values().stream().mapToInt(LoadedCollection::sealedSegments).sum(),
        growingBytes(),
        memory.taken(),
        memory.bytesMax(),
        collections.values().stream().mapToLong(LoadedCollection::rejectedRows).sum(),
        sources.loader().indexFailures() + travel.indexFailures(),
        space.bytes(),
        space.evictions(),
        indexFiles.downloads(),
        indexFiles.damaged() + sources.cache().damaged(),
        searches.searches(),
        queries.sum(),
        searches.plans(),
        searches.scored(),
        searches.filteredOut());
  }

  /** Releases everything. */
  @Override
  public void close() {
    poller.shutdownNow();
    sampler.close();
    floors.close();
    collections.keySet().forEach(this::release);
    travel.close();
    refreshers.shutdownNow();
    decoders.shutdownNow();
    builds.shutdownNow();
    pool.close();
    background.close();
  }
}
