package io.tidemark.jobs.expire;

import io.tidemark.jobs.run.LogTime;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.control.ControlStore;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.stores.lake.Lake;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One task per collection, with how far its log is settled. Stateless. */
final class ExpirePlanner {
  private static final Logger LOG = LoggerFactory.getLogger(ExpirePlanner.class);

  private ExpirePlanner() {}

  /**
   * @param control refreshed; null without a log: then only the tables' positions count
   * @param collectionId of one collection, or empty for all
   */
  static List<ExpireTask> plan(
      Lake lake, @Nullable ControlStore control, Optional<Long> collectionId, long nowMs) {
    List<ExpireTask> tasks = new ArrayList<>();
    for (CollectionInfo info : collections(lake, collectionId)) {
      try {
        long settledMs = LogTime.settledMs(lake.table(info), control);
        // Without a log nothing tells its time but the tables, which may have been quiet for long.
        long rowsNowMs = control == null ? nowMs : Math.min(nowMs, settledMs);
        tasks.add(new ExpireTask(info.id(), nowMs, rowsNowMs, settledMs));
      } catch (TidemarkException e) {
        if (e.code() != ErrorCode.COLLECTION_NOT_FOUND) {
          throw e;
        }
        LOG.debug("collection was dropped since it was listed collection={}", info.id());
      }
    }
    return tasks;
  }

  private static List<CollectionInfo> collections(Lake lake, Optional<Long> collectionId) {
    if (collectionId.isPresent()) {
      return lake.collectionById(collectionId.get()).stream().toList();
    }
    return lake.databases().stream()
        .flatMap(database -> lake.collections(database).stream())
        .toList();
  }
}
