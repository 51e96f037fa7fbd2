package io.tidemark.engine.index;

import java.util.Optional;

/** Where the heavy work of builds may be done. Safe for concurrent use. */
public interface BuildDevice {
  /** The machine's own cores. */
  BuildDevice CPU =
      new BuildDevice() {
        @Override
        public String name() {
          return "cpu";
        }

        @Override
        public Optional<String> unavailable() {
          return Optional.empty();
        }
      };

  /** What is written down as an index's builder, such as {@code cpu}; does not change. */
  String name();

  /** Why it cannot build on this machine, such as a missing device; empty if it can. */
  Optional<String> unavailable();
}
