package io.tidemark.serving.rpc;

import com.google.protobuf.Message;

/**
 * Answers one kind of request in steps, of which the first two, and more if they say so, may be
 * done by the transport's thread, which many connections share. Thread-safe.
 *
 * @param <Q> the request's type
 * @param <A> the answer's type
 */
interface PromptHandler<Q extends Message, A extends Message> {
  /** Whether to understand it takes little time and waits for nothing; decided without doing so. */
  default boolean mayBePrompt(Q request, Call call) {
    return false;
  }

  /** What is to be done. */
  Work<A> understand(Q request, Call call);
}
