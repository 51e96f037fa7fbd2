package io.tidemark.jobs.compact;

import io.tidemark.jobs.compact.Output.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Decides which row goes into which file, and in which order. Stateless. */
final class OutputPlanner {
  /** A rest smaller than this part of a file is no file of its own. */
  private static final double OVERFULL = 0.1;

  private record Group(Place place, Kind kind) {}

  private OutputPlanner() {}

  static List<Output> plan(SurvivingRows rows, CompactTask task) {
    Map<Group, BitSet> groups = new LinkedHashMap<>();
    for (int file = 0; file < rows.files().size(); file++) {
      boolean mixed = rows.isMixed(file);
      Place place = null;
      for (int ordinal = rows.first(file); ordinal < rows.first(file + 1); ordinal++) {
        Optional<Kind> kind = kind(rows.fate(ordinal));
        if (kind.isPresent()) {
          if (mixed || place == null) {
            place = rows.place(file, ordinal - rows.first(file));
          }
          groups
              .computeIfAbsent(new Group(place, kind.get()), g -> new BitSet(rows.size()))
              .set(ordinal);
        }
      }
    }
    List<Output> outputs = new ArrayList<>();
    double rowBytes = task.rows() == 0 ? 0 : (double) task.bytes() / task.rows();
    groups.forEach((group, ordinals) -> {
      int[] ordered = ordered(ordinals, rows.order());
      int parts = group.kind() == Kind.CLEAN ? parts(ordered.length, rowBytes, task) : 1;
      for (int part = 0; part < parts; part++) {
        int from = (int) ((long) ordered.length * part / parts);
        int to = (int) ((long) ordered.length * (part + 1) / parts);
        outputs.add(new Output(group.place(), group.kind(), Arrays.copyOfRange(ordered, from, to)));
      }
    });
    return outputs;
  }

  private static Optional<Kind> kind(SurvivingRows.Fate fate) {
    return switch (fate) {
      case DELETED -> Optional.empty();
      case OUTLIVED -> Optional.of(Kind.OUTLIVED);
      case REFUSED -> Optional.of(Kind.REFUSED);
      case KEPT -> Optional.of(Kind.CLEAN);
    };
  }

  private static int[] ordered(BitSet ordinals, Optional<Comparator<Integer>> order) {
    return order.isEmpty()
        ? ordinals.stream().toArray()
        // Stable: rows that compare equal stay as they were.
        : ordinals.stream().boxed().sorted(order.get()).mapToInt(Integer::intValue).toArray();
  }

  private static int parts(int rows, double rowBytes, CompactTask task) {
    double full =
        Math.max((double) rows / task.segmentRows(), rows * rowBytes / task.segmentBytes());
    return Math.max(1, Math.min(rows, (int) Math.ceil(full - OVERFULL)));
  }
}
