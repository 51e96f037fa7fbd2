package io.tidemark.stores.backup;

import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.lake.LakeFile;
import io.tidemark.stores.lake.NewCollection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies a state of a collection to a new collection of the same lake, with files of its own: each
 * can be dropped, compacted and expired without the other. It is there with all its rows and
 * indexes, or not at all. Stateless.
 */
public final class CollectionCopy {
  private static final Logger LOG = LoggerFactory.getLogger(CollectionCopy.class);

  private CollectionCopy() {}

  /**
   * @param target in the same log: each shard in the pchannel where it was, whose later records are
   *     all beyond the state's positions
   * @throws io.tidemark.model.error.TidemarkException INVALID_PARAMETER if the name is taken
   */
  public static Copied copy(Lake lake, CollectionState state, CopyTarget target)
      throws InterruptedException {
    NewCollection collection =
        lake.newCollection(
            target.info(state.tag().collection()), state.columns(), state.tag().positions());
    Assembly assembly = new Assembly(lake, collection);
    try {
      DataFileCopy copies = new DataFileCopy(state);
      List<Callable<CopiedFile>> work = new ArrayList<>();
      for (LakeFile file : state.files()) {
        work.add(() -> copies.copy(state.read(file), assembly.newDataFile()));
      }
      List<CopiedFile> files = SideBySide.run(work);
      return assembly.commit(files, indexes(lake, state, assembly, files));
    } catch (RuntimeException | Error | InterruptedException e) {
      assembly.undo();
      throw e;
    }
  }

  private static List<SegmentIndex> indexes(
      Lake lake, CollectionState state, Assembly assembly, List<CopiedFile> copied)
      throws InterruptedException {
    List<SegmentIndex> covering =
        state.indexes(
            lake, copied.stream().collect(Collectors.toMap(CopiedFile::source, CopiedFile::alive)));
    Set<String> files = new HashSet<>();
    List<Callable<Map.Entry<String, String>>> work = new ArrayList<>();
    for (SegmentIndex index : covering) {
      if (files.add(index.file())) {
        work.add(() -> Map.entry(index.file(), copy(lake, index, assembly)));
      }
    }
    Map<String, String> copies = new HashMap<>();
    SideBySide.run(work).forEach(copy -> copies.put(copy.getKey(), copy.getValue()));
    List<SegmentIndex> moved = new ArrayList<>();
    for (SegmentIndex index : covering) {
      String copy = copies.getOrDefault(index.file(), "");
      if (!copy.isEmpty()) {
        moved.add(Assembly.of(index, index.collectionId(), index.sources(), copy));
      }
    }
    return moved;
  }

  /** Empty if it cannot be read: an index is derived, and one that is missing is built anew. */
  private static String copy(Lake lake, SegmentIndex index, Assembly assembly) {
    try {
      var to = assembly.newIndexFile(index.file());
      Digest digest = Digest.copy(lake.registry().io().newInputFile(index.file()), to);
      if (digest.bytes() == index.fileBytes()) {
        return to.location();
      }
      LOG.warn(
          "index file is not what was registered, it is not copied file={} bytes={} expected={}",
          index.file(),
          digest.bytes(),
          index.fileBytes());
    } catch (RuntimeException e) {
      LOG.warn("index file cannot be copied, it will be built anew file={}", index.file(), e);
    }
    return "";
  }
}
