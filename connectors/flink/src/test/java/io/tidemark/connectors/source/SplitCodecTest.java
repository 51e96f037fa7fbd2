package io.tidemark.connectors.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class SplitCodecTest {
  private static final ScanSplit SPLIT =
      new ScanSplit(
          "shard-1-0",
          1,
          42,
          List.of("file:/lake/été.parquet", "file:/lake/b.parquet"),
          7,
          1L << 60,
          ScanSplit.FOREVER,
          true,
          1,
          513);

  @Test
  void aSplitComesBackAsItWas() throws IOException {
    SplitCodec codec = new SplitCodec();
    assertThat(codec.deserialize(codec.getVersion(), codec.serialize(SPLIT))).isEqualTo(SPLIT);
    assertThatThrownBy(() -> codec.deserialize(9, codec.serialize(SPLIT)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("version 9");
  }

  @Test
  void aPlanComesBackWithItsWaitingSplits() throws IOException {
    PlanState.Codec codec = new PlanState.Codec();
    PlanState plan = new PlanState(true, List.of(SPLIT, SPLIT.after(5)));
    assertThat(codec.deserialize(codec.getVersion(), codec.serialize(plan))).isEqualTo(plan);
  }

  @Test
  void behindItsFilesASplitNeedsThemNoMore() {
    ScanSplit after = SPLIT.after(99);
    assertThat(after.files()).isEmpty();
    assertThat(after.file()).isZero();
    assertThat(after.logAfter()).isEqualTo(99);
    assertThat(after.changelog()).isTrue();
  }
}
