package io.tidemark.jobs.compact;

import io.tidemark.engine.segment.KeyLookup;
import io.tidemark.model.column.Column;
import io.tidemark.stores.lake.DeleteRef;
import io.tidemark.stores.lake.LakeFile;
import io.tidemark.stores.lake.LakeTable;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which rows of some files their deletes have hit. Holds the keys of these files, and those of one
 * delete file at a time, however many there are. Stateless.
 */
final class FileDeletes {
  private FileDeletes() {}

  /**
   * Dead rows of each file, by their positions.
   *
   * @param keys of each file, all rows
   */
  static List<BitSet> of(LakeTable table, List<LakeFile> files, List<Column> keys) {
    List<BitSet> dead = new ArrayList<>();
    Map<DeleteRef, List<Integer>> hits = new LinkedHashMap<>();
    for (int file = 0; file < files.size(); file++) {
      dead.add(table.positionDeleted(files.get(file)));
      for (DeleteRef delete : files.get(file).deletes()) {
        if (delete.byPrimaryKey()) {
          hits.computeIfAbsent(delete, d -> new ArrayList<>()).add(file);
        }
      }
    }
    Map<Integer, KeyLookup> lookups = new HashMap<>();
    hits.forEach((delete, hit) -> {
      Column deleted = table.equalityDeleteKeys(delete);
      for (int file : hit) {
        KeyLookup rows = lookups.computeIfAbsent(file, f -> KeyLookup.of(keys.get(f)));
        BitSet ofFile = dead.get(file);
        for (int i = 0; i < deleted.size(); i++) {
          Object key = deleted.value(i);
          if (key != null) {
            rows.forEachRow(key, ofFile::set);
          }
        }
      }
    });
    return dead;
  }
}
