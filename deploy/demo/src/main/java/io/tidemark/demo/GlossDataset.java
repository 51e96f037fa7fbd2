package io.tidemark.demo;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;
import net.sf.extjwnl.JWNLException;

/**
 * The glosses' vectors as a dataset. What is embedded is kept beside the folder until that is
 * complete, so an interrupted run goes on where it was.
 */
final class GlossDataset {
  private static final int BATCH = 500;
  private static final int QUERIES = 500;
  private static final long SEED = 20_260_101;
  private static final long REPORT_MS = 5_000;

  private final Path folder;
  private final Path unfinished;
  private final PrintWriter out;

  GlossDataset(Path folder, PrintWriter out) {
    this.folder = folder.toAbsolutePath().normalize();
    this.unfinished = this.folder.resolveSibling(this.folder.getFileName() + ".part");
    this.out = out;
  }

  /**
   * @param limit how many glosses, the most used first
   */
  void write(int limit) throws IOException, JWNLException {
    if (Files.exists(folder)) {
      throw new IllegalStateException(folder + " is there already; give the dataset another name");
    }
    List<Gloss> nouns = WordNet.nouns();
    List<float[]> vectors = embedded(nouns.subList(0, Math.min(limit, nouns.size())));
    say("finding the exact answers");
    Path complete = unfinished.resolve("complete");
    deleteFiles(complete);
    Files.createDirectories(complete);
    BitSet heldOut = heldOut(vectors.size());
    List<float[]> base = new ArrayList<>();
    List<float[]> queries = new ArrayList<>();
    for (int row = 0; row < vectors.size(); row++) {
      (heldOut.get(row) ? queries : base).add(vectors.get(row));
    }
    VectorDataset.write(complete, base, queries, SEED);
    Files.move(complete, folder, StandardCopyOption.ATOMIC_MOVE);
    deleteFiles(unfinished);
    say(
        String.format(
            Locale.ROOT,
            "%s: %,d rows, %d queries, %d dimensions; cosine",
            folder,
            base.size(),
            queries.size(),
            Embedder.DIMENSION));
  }

  private List<float[]> embedded(List<Gloss> glosses) throws IOException {
    Files.createDirectories(unfinished);
    Path file = unfinished.resolve("embedded.fvecs");
    int done = Files.exists(file) ? keepWholeRows(file) : 0;
    Embedder embedder = new Embedder();
    long reportAt = 0;
    while (done < glosses.size()) {
      List<Gloss> batch = glosses.subList(done, Math.min(done + BATCH, glosses.size()));
      VectorDataset.append(file, embedder.embed(batch.stream().map(Gloss::text).toList()));
      done += batch.size();
      if (System.currentTimeMillis() >= reportAt) {
        say(String.format(Locale.ROOT, "embedded %,d of %,d glosses", done, glosses.size()));
        reportAt = System.currentTimeMillis() + REPORT_MS;
      }
    }
    return VectorDataset.read(file, Embedder.DIMENSION).subList(0, glosses.size());
  }

  /** Cuts off the row at which an earlier run was interrupted. */
  private static int keepWholeRows(Path file) throws IOException {
    int width = (1 + Embedder.DIMENSION) * Float.BYTES;
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      long rows = channel.size() / width;
      channel.truncate(rows * width);
      return Math.toIntExact(rows);
    }
  }

  private static BitSet heldOut(int rows) {
    Random random = new Random(SEED);
    BitSet heldOut = new BitSet();
    while (heldOut.cardinality() < Math.min(QUERIES, rows / 2)) {
      heldOut.set(random.nextInt(rows));
    }
    return heldOut;
  }

  /** The folder with its files. */
  private static void deleteFiles(Path gone) throws IOException {
    if (!Files.isDirectory(gone)) {
      return;
    }
    try (Stream<Path> files = Files.list(gone)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(gone);
  }

  private void say(String line) {
    out.println(line);
    out.flush();
  }
}
