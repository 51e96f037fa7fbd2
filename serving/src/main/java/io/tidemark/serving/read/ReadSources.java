package io.tidemark.serving.read;

import io.tidemark.model.control.ControlStore;
import io.tidemark.serving.read.cache.ColumnCache;
import io.tidemark.serving.read.load.MemoryBudget;
import io.tidemark.serving.read.load.SegmentLoader;
import io.tidemark.stores.lake.Lake;
import java.util.concurrent.Executor;

/**
 * What loaded collections are made from; shared by all of them.
 *
 * @param builds where indexes of rows that have none yet are built
 */
record ReadSources(
    Lake lake,
    LogFeed feed,
    ControlStore control,
    SegmentLoader loader,
    ColumnCache cache,
    MemoryBudget memory,
    Executor builds) {}
