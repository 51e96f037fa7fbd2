package io.tidemark.serving.rpc;

import java.util.Optional;

/**
 * A request that was understood, and is still to be answered.
 *
 * @param <A> the answer's type
 */
interface Work<A> {
  /**
   * The answer, if it neither waits for anything nor takes long: asked on the transport's thread,
   * which many connections share. Else {@link #answer} is asked for it.
   */
  default Optional<A> promptly() {
    return Optional.empty();
  }

  /** The answer; may wait. */
  A answer();
}
