package io.tidemark.stores.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.model.index.IndexType;
import io.tidemark.model.index.Metric;
import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.model.lake.SegmentIndex.SourceFile;
import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.lake.LakeConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentRegistryTest {
  @TempDir Path folder;
  private LakeConfig config;
  private Lake lake;
  private SegmentRegistry registry;

  @BeforeEach
  void open() {
    config = LakeConfig.sqlite(folder.resolve("catalog.db"), folder.resolve("warehouse"));
    lake = Lake.open(config);
    registry = lake.registry();
  }

  @AfterEach
  void close() {
    lake.close();
  }

  private static SegmentIndex index(long collection, long segment, int version, String file) {
    return new SegmentIndex(
        segment,
        collection,
        "_default",
        -1,
        List.of(new SourceFile("file:///a", 10), new SourceFile("file:///b", 20)),
        102,
        5,
        IndexType.HNSW,
        Metric.IP,
        Map.of("M", "16"),
        version,
        file,
        4_096,
        0xFFFF_FFFFL,
        "cpu",
        12,
        segment * 10 + version);
  }

  @Test
  void anIndexReadsBackAsItWasRegistered() {
    SegmentIndex index = index(1, 7, 1, "file:///x.puffin");
    registry.register(List.of(index, index(2, 8, 1, "file:///y.puffin")));
    assertThat(registry.list(1)).containsExactly(index);
    assertThat(registry.list(3)).isEmpty();
    try (Lake other = Lake.open(config)) {
      assertThat(other.registry().list(1)).containsExactly(index);
      assertThat(other.registry().list()).hasSize(2);
    }
  }

  @Test
  void anIndexKnownAlreadyIsReplaced() {
    registry.register(List.of(index(1, 7, 1, "file:///x.puffin")));
    registry.register(List.of(index(1, 7, 1, "file:///again.puffin")));
    assertThat(registry.list(1))
        .extracting(SegmentIndex::file)
        .containsExactly("file:///again.puffin");
  }

  @Test
  void replacingRemovesAndAddsInOneCommit() {
    SegmentIndex small = index(1, 7, 1, "file:///x");
    SegmentIndex other = index(1, 8, 1, "file:///y");
    registry.register(List.of(small, other));
    registry.replace(List.of(small), List.of(index(1, 9, 1, "file:///z")));
    assertThat(registry.list(1)).extracting(SegmentIndex::segmentId).containsExactly(8L, 9L);
  }

  @Test
  void aCollectionsRowsGoTogether() {
    registry.register(List.of(index(1, 7, 1, "a"), index(2, 8, 1, "b")));
    registry.removeCollection(1);
    registry.removeCollection(1);
    assertThat(registry.list()).extracting(SegmentIndex::collectionId).containsExactly(2L);
    registry.removeCollection(2);
    assertThat(registry.list()).isEmpty();
    registry.register(List.of(index(1, 7, 2, "c")));
    assertThat(registry.list(1)).hasSize(1);
  }

  @Test
  void processesThatWriteAtOnceLoseNothing() throws Exception {
    List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 3; t++) {
      int thread = t;
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                try (Lake mine = Lake.open(config)) {
                  for (int i = 0; i < 6; i++) {
                    SegmentIndex index = index(thread, i, 1, "f" + i);
                    mine.registry().register(List.of(index));
                    if (i % 3 == 2) {
                      mine.registry().replace(List.of(index), List.of());
                    }
                  }
                } catch (Throwable e) {
                  failures.add(e);
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failures).isEmpty();
    for (int t = 0; t < 3; t++) {
      assertThat(registry.list(t))
          .extracting(SegmentIndex::segmentId)
          .containsExactly(0L, 1L, 3L, 4L);
    }
  }

  @Test
  void manyRegistrationsLeaveFewFiles() throws Exception {
    for (int i = 0; i < 20; i++) {
      registry.register(List.of(index(1, i, 1, "f" + i)));
    }
    assertThat(registry.list(1)).hasSize(20);
    Table table = lake.catalog().loadTable(TableIdentifier.of("tidemark", "segments"));
    try (var tasks = table.newScan().planFiles()) {
      assertThat(tasks).hasSizeLessThan(16);
    }
  }
}
