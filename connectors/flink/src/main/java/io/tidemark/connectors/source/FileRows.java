package io.tidemark.connectors.source;

import io.tidemark.model.column.Column;
import io.tidemark.model.schema.FieldSchema;
import io.tidemark.stores.lake.LakeFile;
import io.tidemark.stores.lake.LakeRows;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.table.data.RowData;
import org.apache.flink.types.RowKind;
import org.jspecify.annotations.Nullable;

/**
 * Gives out the rows of a split's files, file by file, from where the split is. A group of files is
 * looked at together, as large as its keys fit well into memory. Not thread-safe.
 */
final class FileRows {
  /** Rows of a group, but for a file that has more. */
  private static final long GROUP_ROWS = 1_000_000;

  private static final int BATCH_ROWS = 512;

  private final OpenCollection open;
  private final ScanSpec spec;
  private final RowMaker maker;
  private final LiveRows live;

  private ScanSplit split;
  private int groupStart;
  private List<BitSet> group = List.of();
  private @Nullable LakeRows rows;
  private @Nullable LakeFile file;
  private RowMaker.@Nullable Rows made;

  FileRows(OpenCollection open, ScanSpec spec, RowMaker maker, ScanSplit split, TailRows tail) {
    this.open = open;
    this.spec = spec;
    this.maker = maker;
    this.split = split;
    this.live = new LiveRows(open, split, tail);
    this.groupStart = split.file();
  }

  /** The next rows, perhaps none; null once all files are done. */
  @Nullable RowBatch next() {
    if (split.file() >= split.files().size()) {
      return null;
    }
    BitSet alive = alive(split.file());
    List<RowData> batch = new ArrayList<>();
    int row = alive.nextSetBit(split.row());
    if (row >= 0 && rows == null) {
      alive = open(alive);
      row = alive.nextSetBit(split.row());
    }
    while (row >= 0 && batch.size() < BATCH_ROWS && rows != null && made != null && file != null) {
      batch.add(
          made.row(
              RowKind.INSERT, row, rows.timestamps()[row], LiveRows.partition(file, rows, row)));
      row = alive.nextSetBit(row + 1);
    }
    if (row < 0) {
      rows = null;
      made = null;
      split = split.at(split.file() + 1, 0);
    } else {
      split = split.at(split.file(), row);
    }
    return new RowBatch(batch, split);
  }

  private BitSet alive(int index) {
    if (index - groupStart >= group.size()) {
      List<LakeFile> files = new ArrayList<>();
      long inGroup = 0;
      for (int i = index; i < split.files().size() && inGroup < GROUP_ROWS; i++) {
        LakeFile next = live.file(split.files().get(i));
        files.add(next);
        inGroup += next.rows();
      }
      groupStart = index;
      group = live.of(files);
    }
    return group.get(index - groupStart);
  }

  /** Reads the fields that are wanted, unless the condition leaves no row. */
  private BitSet open(BitSet alive) {
    LakeFile next = live.file(split.files().get(split.file()));
    BitSet wanted = alive;
    RowCondition condition = spec.condition();
    if (condition != null) {
      wanted = matching(next, alive, condition);
      group.set(split.file() - groupStart, wanted);
    }
    if (wanted.nextSetBit(split.row()) < 0) {
      return wanted;
    }
    file = next;
    rows = open.table().read(next, spec.outputFields());
    made = maker.of(rows.batch());
    return wanted;
  }

  private BitSet matching(LakeFile next, BitSet alive, RowCondition condition) {
    Set<Integer> fields = new LinkedHashSet<>(condition.fields());
    LakeRows tested = open.table().read(next, fields);
    Map<Integer, Column> columns = new HashMap<>();
    for (int field : fields) {
      tested.batch().column(field).ifPresent(column -> columns.put(field, column));
    }
    BitSet matching = new BitSet();
    for (int row = alive.nextSetBit(0); row >= 0; row = alive.nextSetBit(row + 1)) {
      int at = row;
      if (condition.holds(field -> value(columns.get(field), field, at))) {
        matching.set(row);
      }
    }
    return matching;
  }

  private @Nullable Object value(@Nullable Column column, int field, int row) {
    return column == null
        ? spec.schema().field(field).map(FieldSchema::defaultValue).orElse(null)
        : column.value(row);
  }
}
