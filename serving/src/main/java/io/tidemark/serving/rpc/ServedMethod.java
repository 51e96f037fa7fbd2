package io.tidemark.serving.rpc;

import com.google.protobuf.Message;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls.UnaryMethod;
import io.grpc.stub.StreamObserver;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.serving.rpc.RequestMarshaller.Received;
import io.tidemark.serving.wire.ProtocolLimits;
import io.tidemark.serving.wire.Statuses;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One method of the protocol: takes its requests from the transport, and sees to it that each is
 * answered, whatever its handler throws.
 *
 * <p>A request is answered on a thread of its own, since it may wait; one that may be small is
 * looked at by the transport's thread first, if it is that thread's {@linkplain PromptTurns turn}.
 * Thread-safe.
 *
 * @param <Q> the request's type
 * @param <A> the answer's type
 */
final class ServedMethod<Q extends Message, A extends Message>
    implements UnaryMethod<Received<Q>, A> {
  /** Larger requests are not even parsed by the transport's thread. */
  private static final int PROMPT_BYTES_MAX = 1 << 14;

  private final String name;
  private final A prototype;
  private final Duration defaultTimeout;
  private final Executor threads;
  private final PromptHandler<Q, A> handler;
  private final @Nullable PromptTurns turns;

  /**
   * @param prototype the answer's default instance
   * @param threads runs what may wait
   * @param turns when to ask for prompt answers; null for never
   */
  ServedMethod(
      String name,
      A prototype,
      Duration defaultTimeout,
      Executor threads,
      PromptHandler<Q, A> handler,
      @Nullable PromptTurns turns) {
    this.name = name;
    this.prototype = prototype;
    this.defaultTimeout = defaultTimeout;
    this.threads = threads;
    this.handler = handler;
    this.turns = turns;
  }

  /** On the transport's thread. */
  @Override
  public void invoke(Received<Q> received, StreamObserver<A> observer) {
    if (observer instanceof ServerCallStreamObserver<A> call) {
      // With a handler, answering a client that is gone is no error.
      call.setOnCancelHandler(() -> {});
    }
    if (turns == null) {
      threads.execute(inContext(() -> serve(received, observer)));
      return;
    }
    long start = System.nanoTime();
    if (received.bytes() <= PROMPT_BYTES_MAX && turns.isMine(start)) {
      promptly(received, observer);
      turns.spent(System.nanoTime() - start);
    } else {
      turns.leave(threads, inContext(() -> serve(received, observer)));
    }
  }

  private static Runnable inContext(Runnable serving) {
    return Context.current()
        .wrap(() -> {
          if (!Context.current().isCancelled()) {
            serving.run();
          }
        });
  }

  private void promptly(Received<Q> received, StreamObserver<A> observer) {
    if (Context.current().isCancelled()) {
      return;
    }
    Supplier<A> later;
    try {
      Q request = received.message();
      if (handler.mayBePrompt(request, call())) {
        Work<A> work = handler.understand(request, call());
        Optional<A> answer = work.promptly();
        if (answer.isPresent()) {
          send(checked(answer.get()), observer);
          return;
        }
        later = work::answer;
      } else {
        later = () -> handler.understand(request, call()).answer();
      }
    } catch (RuntimeException | Error e) {
      fail(e, observer);
      return;
    }
    threads.execute(inContext(() -> serve(later, observer)));
  }

  private void serve(Received<Q> received, StreamObserver<A> observer) {
    serve(() -> handler.understand(received.message(), call()).answer(), observer);
  }

  private void serve(Supplier<A> work, StreamObserver<A> observer) {
    A answer;
    try {
      answer = checked(work.get());
    } catch (RuntimeException | Error e) {
      fail(e, observer);
      return;
    }
    send(answer, observer);
  }

  private static <A extends Message> A checked(A answer) {
    long bytes = answer.getSerializedSize();
    if (bytes > ProtocolLimits.SEND_BYTES_MAX) {
      throw TidemarkException.invalid(
          "the answer has "
              + bytes
              + " bytes, the limit is "
              + ProtocolLimits.SEND_BYTES_MAX
              + "; ask for fewer rows, queries or output fields");
    }
    return answer;
  }

  /** Of errors too the client must hear, or it waits for its deadline. */
  private void fail(Throwable e, StreamObserver<A> observer) {
    if (e instanceof RequestMarshaller.NoMessageException) {
      observer.onError(
          Status.INVALID_ARGUMENT
              .withDescription("the request is no serialized message of " + name)
              .asRuntimeException());
    } else {
      send(Statuses.answer(prototype, Statuses.of(e, name)), observer);
    }
  }

  private void send(A answer, StreamObserver<A> observer) {
    try {
      observer.onNext(answer);
      observer.onCompleted();
    } catch (RuntimeException | Error e) {
      observer.onError(e);
    }
  }

  private Call call() {
    return Call.current(name, defaultTimeout);
  }
}
