package io.tidemark.serving.read.load;

import io.tidemark.engine.index.family.IndexFamilies;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.model.schema.FieldSchema;
import io.tidemark.stores.lake.LakeFile;
import io.tidemark.stores.lake.VectorMemory;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The heap that segments take: vectors, timestamps, keys' rows, indexes and which rows live. Other
 * columns are mapped from the disk and cost none. Stateless.
 */
public final class SegmentMemory {
  /**
   * A timestamp, the key's place in a table of up to twice the rows, an inverse norm, kept filters.
   */
  private static final long ROW_BYTES = 8 + 12 + 4 + 2;

  private static final int BITS = 8;

  private SegmentMemory() {}

  /**
   * What loading will take beyond what is there, about: vectors at their full size, an index as
   * much as its file and what its family makes of it.
   *
   * @param known segments that are in memory, by their files' locations
   */
  public static long needed(
      CollectionInfo info, List<SegmentPlan> plans, Map<List<String>, LoadedSegment> known) {
    List<FieldSchema> fields = info.schema().vectorFields();
    Set<String> held = new HashSet<>();
    known.values().forEach(loaded -> held.addAll(indexFiles(loaded.plan())));
    Set<String> counted = new HashSet<>();
    long bytes = 0;
    for (SegmentPlan plan : plans) {
      if (!known.containsKey(plan.locations())) {
        long rows = plan.files().stream().mapToLong(LakeFile::rows).sum();
        long fileBytes = plan.files().stream().mapToLong(LakeFile::bytes).sum();
        bytes += rows * ROW_BYTES + VectorMemory.bytes(info.schema(), fields, rows, fileBytes);
      }
      for (SegmentIndex index : plan.indexes()) {
        if (!held.contains(index.file())) {
          // One file holds the indexes of several fields.
          bytes += counted.add(index.file()) ? index.fileBytes() : 0;
          bytes +=
              info.schema()
                  .field(index.fieldId())
                  .map(field -> IndexFamilies.of(index.type()).openBytes(field, index.rows()))
                  .orElse(0L);
        }
      }
    }
    return bytes;
  }

  private static List<String> indexFiles(SegmentPlan plan) {
    return plan.indexes().stream().map(SegmentIndex::file).toList();
  }

  /** What segments have taken. */
  public static long held(Collection<LoadedSegment> segments) {
    return segments.stream()
        .mapToLong(loaded ->
            loaded.rows().segment().bytes()
                + loaded.rows().interimBytes()
                + loaded.rows().filterBytes()
                + (loaded.alive().size() + loaded.rejected().size()) / BITS)
        .sum();
  }
}
