package io.tidemark.stores.lake;

import io.tidemark.model.error.TidemarkException;
import io.tidemark.stores.record.CommitTimes;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.jspecify.annotations.Nullable;

/**
 * Tags of a collection's table: Iceberg tags of the same name, which every engine can read as of,
 * and beside each a table property with what Iceberg has no place for. Expiry spares a tagged
 * snapshot and all that it needs. A tag is made and dropped in one commit that changes nothing
 * else. Stateless.
 */
public final class SnapshotTags {
  /** Each costs some kilobytes in every metadata file. */
  public static final int TAGS_MAX = 200;

  private static final int ATTEMPTS_MAX = 20;

  private SnapshotTags() {}

  /** The table's tags as of now, oldest first; tags that others than Tidemark made are left out. */
  public static List<SnapshotTag> list(LakeTable table) {
    table.refresh();
    return TagProperties.decodeAll(LakeTable.metadata(table.iceberg()), table.info());
  }

  public static Optional<SnapshotTag> find(LakeTable table, String name) {
    return list(table).stream().filter(tag -> tag.name().equals(name)).findFirst();
  }

  /**
   * @throws TidemarkException INVALID_PARAMETER if there is none; the message names those there are
   */
  public static SnapshotTag require(LakeTable table, String name) {
    return find(table, name)
        .orElseThrow(() ->
            TidemarkException.invalid(
                "collection "
                    + table.info().name()
                    + " has no snapshot named '"
                    + name
                    + "'; there are "
                    + list(table).stream().map(SnapshotTag::name).toList()));
  }

  /**
   * Tags what the table holds now. Again with the same name on the same snapshot changes nothing.
   *
   * @param known per shard, a position that the table is known to have reached before this call,
   *     beyond its own perhaps; may lack shards
   * @param ageMax how long the tag stays from now on; null for one that stays until it is dropped
   * @throws TidemarkException INVALID_PARAMETER if another state has that name, or there are too
   *     many tags
   */
  public static SnapshotTag create(
      LakeTable table, String name, Map<Integer, Long> known, @Nullable Duration ageMax) {
    return create(table, name, null, known, ageMax);
  }

  /**
   * Tags an older state that has not expired.
   *
   * @throws TidemarkException INVALID_PARAMETER as above, or if the snapshot is not there, or
   *     nobody knows any more how far it is complete
   */
  public static SnapshotTag createAt(
      LakeTable table, String name, long snapshotId, @Nullable Duration ageMax) {
    return create(table, name, snapshotId, Map.of(), ageMax);
  }

  private static SnapshotTag create(
      LakeTable table,
      String name,
      @Nullable Long snapshotId,
      Map<Integer, Long> known,
      @Nullable Duration ageMax) {
    SnapshotTag.checkName(name);
    for (int attempt = 1; ; attempt++) {
      table.refresh();
      CommitTimes.settle(table.iceberg());
      table.refresh();
      TableOperations operations = operations(table.iceberg());
      TableMetadata base = operations.current();
      if (snapshotId == null && base.currentSnapshot() == null) {
        commitEmpty(table.iceberg());
        continue;
      }
      SnapshotTag tag = tag(table, base, name, snapshotId, known, ageMax);
      SnapshotRef existing = base.refs().get(name);
      if (existing != null) {
        return same(table, name, existing, tag.snapshotId());
      }
      checkCount(table, base);
      try {
        operations.commit(base, with(base, tag));
        table.refresh();
        return tag;
      } catch (CommitFailedException e) {
        if (attempt >= ATTEMPTS_MAX) {
          throw e;
        }
      }
    }
  }

  private static void checkCount(LakeTable table, TableMetadata base) {
    if (base.refs().size() > TAGS_MAX) {
      throw TidemarkException.invalid(
          "collection "
              + table.info().name()
              + " has "
              + TAGS_MAX
              + " snapshots by name, the limit: drop some first");
    }
  }

  private static SnapshotTag same(
      LakeTable table, String name, SnapshotRef existing, long snapshotId) {
    Optional<SnapshotTag> known = find(table, name);
    if (known.isPresent() && existing.snapshotId() == snapshotId) {
      return known.get();
    }
    throw TidemarkException.invalid(
        "collection "
            + table.info().name()
            + " has a snapshot named '"
            + name
            + "' of another state already: drop it or choose another name");
  }

  /** A table that never had a commit has nothing that a tag could point to. */
  private static void commitEmpty(Table table) {
    ManifestScan.by(table, table.newAppend())
        .set(LogSnapshotCommitter.COMMIT_ID, UUID.randomUUID().toString())
        .commit();
  }

  private static SnapshotTag tag(
      LakeTable table,
      TableMetadata base,
      String name,
      @Nullable Long snapshotId,
      Map<Integer, Long> known,
      @Nullable Duration ageMax) {
    Snapshot snapshot =
        snapshotId == null ? base.currentSnapshot() : base.snapshot(snapshotId.longValue());
    if (snapshot == null) {
      throw TidemarkException.invalid(
          "collection " + table.info().name() + " has no snapshot " + snapshotId + ", or no more");
    }
    Map<Integer, Long> positions = new HashMap<>();
    if (snapshotId == null) {
      for (int shard = 0; shard < table.info().shards(); shard++) {
        positions.put(
            shard,
            Math.max(LakeTable.position(base, table.info(), shard), known.getOrDefault(shard, 0L)));
      }
    } else {
      positions.putAll(new SnapshotPositions(base, table.info()).of(snapshot));
    }
    if (positions.size() < table.info().shards()) {
      throw TidemarkException.invalid(
          "nobody knows any more how far snapshot "
              + snapshotId
              + " of collection "
              + table.info().name()
              + " is complete: snapshots before and after it have expired");
    }
    long nowMs = System.currentTimeMillis();
    return new SnapshotTag(
        name,
        snapshot.snapshotId(),
        snapshot.timestampMillis(),
        nowMs,
        // Iceberg counts from the snapshot's time: the tag of a quiet table would go at once.
        ageMax == null ? 0 : ageMax.toMillis() + Math.max(0, nowMs - snapshot.timestampMillis()),
        positions,
        TagProperties.rows(snapshot),
        base.currentSchemaId(),
        table.info());
  }

  private static TableMetadata with(TableMetadata base, SnapshotTag tag) {
    SnapshotRef.Builder ref = SnapshotRef.tagBuilder(tag.snapshotId());
    if (tag.ageMaxMs() > 0) {
      ref.maxRefAgeMs(tag.ageMaxMs());
    }
    return TableMetadata.buildFrom(base)
        .setRef(tag.name(), ref.build())
        .setProperties(Map.of(TagProperties.PREFIX + tag.name(), TagProperties.encode(tag)))
        .removeProperties(leftOver(base))
        .build();
  }

  /** Properties of tags that went by their age. */
  private static Set<String> leftOver(TableMetadata base) {
    Set<String> left = new HashSet<>();
    for (String property : base.properties().keySet()) {
      if (property.startsWith(TagProperties.PREFIX)
          && !base.refs().containsKey(property.substring(TagProperties.PREFIX.length()))) {
        left.add(property);
      }
    }
    return left;
  }

  /**
   * Drops a tag; its snapshot expires as any other from now on.
   *
   * @return false if there was none
   */
  public static boolean drop(LakeTable table, String name) {
    for (int attempt = 1; ; attempt++) {
      table.refresh();
      CommitTimes.settle(table.iceberg());
      table.refresh();
      TableOperations operations = operations(table.iceberg());
      TableMetadata base = operations.current();
      SnapshotRef ref = base.refs().get(name);
      if (ref == null || !ref.isTag()) {
        return false;
      }
      Set<String> properties = leftOver(base);
      properties.add(TagProperties.PREFIX + name);
      try {
        operations.commit(
            base,
            TableMetadata.buildFrom(base).removeRef(name).removeProperties(properties).build());
        table.refresh();
        return true;
      } catch (CommitFailedException e) {
        if (attempt >= ATTEMPTS_MAX) {
          throw e;
        }
      }
    }
  }

  private static TableOperations operations(Table table) {
    return ((HasTableOperations) table).operations();
  }
}
