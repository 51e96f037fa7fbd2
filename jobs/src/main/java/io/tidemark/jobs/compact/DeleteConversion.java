package io.tidemark.jobs.compact;

import io.tidemark.model.column.Column;
import io.tidemark.stores.lake.DeleteRewrite;
import io.tidemark.stores.lake.LakeFile;
import io.tidemark.stores.lake.LakeSnapshot;
import io.tidemark.stores.lake.LakeTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.apache.iceberg.DeleteFile;

/**
 * Finds the rows that deletes have hit and writes their places down, one file for each data file.
 * Reads nothing of the data files but their keys, as many at a time as a segment has. Stateless.
 */
final class DeleteConversion {
  private DeleteConversion() {}

  /** Of all files of a snapshot that deletes hit. Leaves nothing behind if it fails. */
  static CompactedFiles run(LakeTable table, LakeSnapshot snapshot, CompactTask task)
      throws IOException {
    List<LakeFile> hit =
        snapshot.files().stream().filter(file -> !file.deletes().isEmpty()).toList();
    List<DeleteFile> written = new ArrayList<>();
    boolean complete = false;
    try {
      int from = 0;
      while (from < hit.size()) {
        int to = from + 1;
        long rows = hit.get(from).rows();
        while (to < hit.size() && rows + hit.get(to).rows() <= task.segmentRows()) {
          rows += hit.get(to).rows();
          to++;
        }
        convert(table, hit.subList(from, to), written);
        from = to;
      }
      CompactedFiles result = CompactedFiles.of(task, snapshot, hit);
      result.rowsRead = hit.stream().mapToLong(LakeFile::rows).sum();
      result.rowsKept = result.rowsRead;
      result.added = CompactedFiles.bytes(written);
      result.filesAdded = written.size();
      complete = true;
      return result;
    } finally {
      if (!complete) {
        written.forEach(file -> table.iceberg().io().deleteFile(file.location()));
      }
    }
  }

  private static void convert(LakeTable table, List<LakeFile> files, List<DeleteFile> written) {
    int keyField = table.info().schema().primaryKey().id();
    List<Column> keys =
        files.stream()
            .map(file -> table.read(file, List.of()).batch().column(keyField).orElseThrow())
            .toList();
    List<BitSet> dead = FileDeletes.of(table, files, keys);
    for (int file = 0; file < files.size(); file++) {
      if (!dead.get(file).isEmpty()) {
        written.add(DeleteRewrite.write(table, files.get(file), dead.get(file)));
      }
    }
  }
}
