package io.tidemark.jobs.index;

import io.tidemark.engine.index.family.IndexFamilies;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.schema.FieldSchema;
import io.tidemark.stores.lake.VectorMemory;
import java.util.List;
import java.util.concurrent.Semaphore;

/**
 * The heap that index builds of one process take at a time. A build that would take more than is
 * left waits for others to end; a large one runs alone; one that is too large even so is refused
 * before it reads anything. Thread-safe.
 */
public final class BuildMemory {
  /** Of builds that run at the same time. */
  private static final double SHARE = 0.2;

  /** Of one that runs alone. */
  private static final double SHARE_ALONE = 0.5;

  private static final int KIB = 1024;
  private static final double MIB = KIB * KIB;

  private static final BuildMemory OF_THIS_PROCESS =
      new BuildMemory(
          (long) (Runtime.getRuntime().maxMemory() * SHARE),
          (long) (Runtime.getRuntime().maxMemory() * SHARE_ALONE));

  private final long bytesMaxAlone;
  private final int permits;
  private final Semaphore free;

  BuildMemory(long bytesMax, long bytesMaxAlone) {
    this.bytesMaxAlone = bytesMaxAlone;
    this.permits = kib(bytesMax);
    this.free = new Semaphore(permits, true);
  }

  /** Of all jobs whose classes were loaded together, where several share a process. */
  public static BuildMemory ofThisProcess() {
    return OF_THIS_PROCESS;
  }

  private static int kib(long bytes) {
    return Math.clamp(bytes / KIB, 1, Integer.MAX_VALUE);
  }

  /** Memory of one build, until it is closed. */
  public final class Taken implements AutoCloseable {
    private final int taken;

    private Taken(int taken) {
      this.taken = taken;
    }

    @Override
    public void close() {
      free.release(taken);
    }
  }

  /**
   * Waits until there is memory to read a segment's vectors and to build its indexes.
   *
   * @param rows of the segment
   * @param fileBytes of its data files, 0 if no vectors to be indexed are sparse
   * @throws TidemarkException MEMORY_LIMIT if there never will be
   */
  public Taken take(
      CollectionInfo info,
      long segmentId,
      List<IndexDefinition> definitions,
      long rows,
      long fileBytes)
      throws InterruptedException {
    long needed = needed(info, definitions, rows, fileBytes);
    if (needed > bytesMaxAlone) {
      throw new TidemarkException(
          ErrorCode.MEMORY_LIMIT,
          "segment %d of collection %s, %d rows, needs about %.1f MiB of heap to be indexed, a build may take %.1f MiB; give the process more heap, or make smaller segments (segment-rows, segment-bytes)"
              .formatted(segmentId, info.name(), rows, needed / MIB, bytesMaxAlone / MIB));
    }
    int wanted = Math.min(permits, kib(needed));
    free.acquire(wanted);
    return new Taken(wanted);
  }

  /** The vectors, twice while files are joined, and what is built beside them. */
  static long needed(
      CollectionInfo info, List<IndexDefinition> definitions, long rows, long fileBytes) {
    long bytes = 2 * VectorMemory.bytes(info.schema(), fields(info, definitions), rows, fileBytes);
    for (IndexDefinition definition : definitions) {
      bytes +=
          info.schema()
              .field(definition.fieldId())
              .map(field -> IndexFamilies.of(definition.type()).buildBytes(definition, field, rows))
              .orElse(0L);
    }
    return bytes;
  }

  /** The fields to be indexed. */
  static List<FieldSchema> fields(CollectionInfo info, List<IndexDefinition> definitions) {
    return definitions.stream()
        .flatMap(definition -> info.schema().field(definition.fieldId()).stream())
        .toList();
  }
}
