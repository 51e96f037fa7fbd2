package io.tidemark.tests.recall;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.tests.benchmark.SparseBenchCommand;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** Real embeddings, of which lists must find exactly what a scan finds: the benchmark compares. */
class SparseRecallTest {
  @Test
  void listsFindWhatAScanOfEmbeddingsFinds() {
    String folder = SharedData.folderOrSkip("splade").toString();
    for (String algorithm : new String[] {"DAAT_MAXSCORE", "TAAT_NAIVE"}) {
      StringWriter out = new StringWriter();
      StringWriter err = new StringWriter();
      int status =
          new CommandLine(new SparseBenchCommand())
              .setOut(new PrintWriter(out))
              .setErr(new PrintWriter(err))
              .execute(folder, "--rows", "0,20000", "--queries", "20", "--algo", algorithm);
      assertThat(status).as(err.toString()).isZero();
      assertThat(out.toString().lines()).hasSize(2).allMatch(line -> line.contains(algorithm));
    }
  }
}
