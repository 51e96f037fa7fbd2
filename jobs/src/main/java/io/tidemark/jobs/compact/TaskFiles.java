package io.tidemark.jobs.compact;

import io.tidemark.stores.lake.LakeFile;
import io.tidemark.stores.lake.LakeSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A task's files in a snapshot. */
final class TaskFiles {
  private TaskFiles() {}

  /** In the task's order; empty if one is no longer live. */
  static Optional<List<LakeFile>> live(LakeSnapshot snapshot, CompactTask task) {
    Map<String, LakeFile> live =
        snapshot.files().stream().collect(Collectors.toMap(LakeFile::path, Function.identity()));
    List<LakeFile> files = new ArrayList<>();
    for (String path : task.files()) {
      LakeFile file = live.get(path);
      if (file == null) {
        return Optional.empty();
      }
      files.add(file);
    }
    return Optional.of(files);
  }
}
