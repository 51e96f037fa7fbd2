package io.tidemark.jobs.stream;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;

/**
 * The completed checkpoints in a folder, of every run of the job: {@code <folder>/<job
 * id>/chk-<n>}, complete once {@code _metadata} is there.
 */
public final class Checkpoints {
  private static final String METADATA = "_metadata";
  private static final String PREFIX = "chk-";

  private Checkpoints() {}

  private record Completed(Path path, long number, long modifiedMs) {}

  /** The newest completed one, as a path to restore from. */
  public static Optional<String> newest(String folder) throws IOException {
    List<Completed> completed = new ArrayList<>();
    for (FileStatus job : list(new Path(folder))) {
      for (FileStatus checkpoint : job.isDir() ? list(job.getPath()) : new FileStatus[0]) {
        String name = checkpoint.getPath().getName();
        for (FileStatus file :
            name.startsWith(PREFIX) ? list(checkpoint.getPath()) : new FileStatus[0]) {
          if (file.getPath().getName().equals(METADATA)) {
            completed.add(
                new Completed(
                    checkpoint.getPath(),
                    Long.parseLong(name.substring(PREFIX.length())),
                    file.getModificationTime()));
          }
        }
      }
    }
    return completed.stream()
        .max(Comparator.comparingLong(Completed::modifiedMs).thenComparingLong(Completed::number))
        .map(newest -> newest.path().toString());
  }

  /** Removes what runs before left behind, but for the one that holds {@code keep}. */
  public static void discardOthers(String folder, Optional<String> keep) throws IOException {
    Optional<Path> kept = keep.map(Path::new).map(Path::getParent);
    for (FileStatus job : list(new Path(folder))) {
      if (kept.isEmpty() || !kept.get().getName().equals(job.getPath().getName())) {
        job.getPath().getFileSystem().delete(job.getPath(), true);
      }
    }
  }

  private static FileStatus[] list(Path folder) throws IOException {
    FileSystem files = folder.getFileSystem();
    try {
      FileStatus[] found = files.listStatus(folder);
      return found == null ? new FileStatus[0] : found;
    } catch (FileNotFoundException e) {
      return new FileStatus[0];
    }
  }
}
