package io.tidemark.jobs.coordinate.function;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.jobs.coordinate.function.SegmentFacts.Seen;
import io.tidemark.jobs.coordinate.record.ChannelState;
import io.tidemark.jobs.coordinate.record.SegmentState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The states of segments and channels, message by message. */
class StatesTest {
  private static Message seen(Seen seen) {
    return new Message.SegmentSeen(new SegmentFacts(7, "k", 0, "_default", 0, 10, 1, seen));
  }

  private static List<SegmentState.Phase> phases(Message... messages) {
    List<SegmentState.Phase> phases = new ArrayList<>();
    Optional<SegmentState> state = Optional.empty();
    for (Message message : messages) {
      state = SegmentFunction.next(state, message, 1);
      state.ifPresent(known -> phases.add(known.phase()));
    }
    return phases;
  }

  @Test
  void a_segment_grows_is_sealed_indexed_and_dropped() {
    assertThat(
            phases(
                seen(Seen.OPEN),
                seen(Seen.SEALED),
                new Message.Indexing(true),
                seen(Seen.SEALED),
                new Message.Indexing(false),
                seen(Seen.INDEXED),
                seen(Seen.GONE)))
        .containsExactly(
            SegmentState.Phase.GROWING,
            SegmentState.Phase.SEALED,
            SegmentState.Phase.INDEXING,
            SegmentState.Phase.INDEXING,
            SegmentState.Phase.SEALED,
            SegmentState.Phase.INDEXED,
            SegmentState.Phase.DROPPED);
  }

  @Test
  void a_new_index_seals_an_indexed_segment_again_and_late_news_of_a_job_change_nothing() {
    assertThat(
            phases(
                new Message.Indexing(true),
                seen(Seen.INDEXED),
                new Message.Indexing(true),
                seen(Seen.SEALED),
                new Message.Indexing(true),
                seen(Seen.INDEXED),
                new Message.Indexing(false)))
        .containsExactly(
            SegmentState.Phase.INDEXED,
            SegmentState.Phase.INDEXED,
            SegmentState.Phase.SEALED,
            SegmentState.Phase.INDEXING,
            SegmentState.Phase.INDEXED,
            SegmentState.Phase.INDEXED);
  }

  @Test
  void a_channel_is_assigned_while_its_watermark_moves() {
    List<ChannelState.Phase> phases = new ArrayList<>();
    Optional<ChannelState> state = Optional.empty();
    for (long watermark : new long[] {0, 5, 6, -1, 7, 8, -1, -1, 8, 9}) {
      state =
          Optional.of(
              watermark < 0
                  ? ChannelFunction.stalled(state.orElseThrow(), 1)
                  : ChannelFunction.seen(state, new Message.ChannelSeen(0, watermark), 1));
      phases.add(state.get().phase());
    }
    assertThat(phases)
        .containsExactly(
            ChannelState.Phase.UNASSIGNED,
            ChannelState.Phase.ASSIGNING,
            ChannelState.Phase.ASSIGNED,
            ChannelState.Phase.ASSIGNING,
            ChannelState.Phase.ASSIGNED,
            ChannelState.Phase.ASSIGNED,
            ChannelState.Phase.ASSIGNING,
            ChannelState.Phase.UNASSIGNED,
            ChannelState.Phase.UNASSIGNED,
            ChannelState.Phase.ASSIGNING);
  }
}
