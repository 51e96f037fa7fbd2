package io.tidemark.engine.vector;

import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What joining vectors of any type has in common. Stateless. */
final class Parts {
  private Parts() {}

  /**
   * @throws IllegalArgumentException if one is of another type
   */
  static <T extends Vectors> List<T> allOf(Class<T> type, List<? extends Vectors> parts) {
    for (Vectors part : parts) {
      if (!type.isInstance(part)) {
        throw new IllegalArgumentException(
            "vectors of type " + part.type() + " after " + parts.getFirst().type());
      }
    }
    return parts.stream().map(type::cast).toList();
  }

  /** Which rows of all parts together have a vector; null for all. */
  static @Nullable BitSet present(List<? extends Vectors> parts) {
    if (parts.stream().allMatch(part -> part.present() == null)) {
      return null;
    }
    BitSet present = new BitSet();
    int start = 0;
    for (Vectors part : parts) {
      BitSet ofPart = part.present();
      if (ofPart == null) {
        present.set(start, start + part.size());
      } else {
        int from = start;
        ofPart.stream().forEach(row -> present.set(from + row));
      }
      start += part.size();
    }
    return present;
  }
}
