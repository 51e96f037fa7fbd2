package io.tidemark.serving.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.milvus.grpc.SearchRequest;
import io.milvus.grpc.SearchResults;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.serving.rpc.RequestMarshaller.Received;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ServedMethodTest {
  private static final SearchResults PROMPT =
      SearchResults.newBuilder().setCollectionName("prompt").build();
  private static final SearchResults LATER =
      SearchResults.newBuilder().setCollectionName("later").build();

  /** Work that was handed over, to be run by the test. */
  private final List<Runnable> handedOver = new ArrayList<>();

  private final Answers answers = new Answers();
  private int understood;

  private static final class Answers implements StreamObserver<SearchResults> {
    private final List<SearchResults> all = new ArrayList<>();
    private @Nullable Throwable error;
    private boolean completed;

    @Override
    public void onNext(SearchResults answer) {
      all.add(answer);
    }

    @Override
    public void onError(Throwable e) {
      error = e;
    }

    @Override
    public void onCompleted() {
      completed = true;
    }
  }

  private record Given(Optional<SearchResults> prompt) implements Work<SearchResults> {
    @Override
    public Optional<SearchResults> promptly() {
      return prompt;
    }

    @Override
    public SearchResults answer() {
      return LATER;
    }
  }

  private ServedMethod<SearchRequest, SearchResults> method(
      BiFunction<SearchRequest, Call, Work<SearchResults>> handler, @Nullable PromptTurns turns) {
    return new ServedMethod<>(
        "Search",
        SearchResults.getDefaultInstance(),
        Duration.ofSeconds(5),
        handedOver::add,
        new PromptHandler<>() {
          @Override
          public boolean mayBePrompt(SearchRequest request, Call call) {
            return request.getDsl().isEmpty();
          }

          @Override
          public Work<SearchResults> understand(SearchRequest request, Call call) {
            understood++;
            return handler.apply(request, call);
          }
        },
        turns);
  }

  private static Received<SearchRequest> request(byte[] bytes) {
    return new RequestMarshaller<>(SearchRequest.getDefaultInstance())
        .parse(new ByteArrayInputStream(bytes));
  }

  private static Received<SearchRequest> request() {
    return request(SearchRequest.newBuilder().setCollectionName("c").build().toByteArray());
  }

  @Test
  void whatIsPromptIsAnsweredByTheTransport() {
    method((request, call) -> new Given(Optional.of(PROMPT)), new PromptTurns())
        .invoke(request(), answers);
    assertThat(answers.all).containsExactly(PROMPT);
    assertThat(answers.completed).isTrue();
    assertThat(handedOver).isEmpty();
  }

  @Test
  void whatMayWaitIsAnsweredElsewhereAndUnderstoodOnce() {
    method((request, call) -> new Given(Optional.empty()), new PromptTurns())
        .invoke(request(), answers);
    assertThat(answers.all).isEmpty();
    handedOver.forEach(Runnable::run);
    assertThat(answers.all).containsExactly(LATER);
    assertThat(understood).isEqualTo(1);
  }

  @Test
  void whatIsLargeOrMayTakeLongIsNotUnderstoodByTheTransport() {
    BiFunction<SearchRequest, Call, Work<SearchResults>> prompt =
        (request, call) -> new Given(Optional.of(PROMPT));
    method(prompt, null).invoke(request(), answers);
    byte[] large =
        SearchRequest.newBuilder()
            .setPlaceholderGroup(ByteString.copyFrom(new byte[1 << 17]))
            .build()
            .toByteArray();
    method(prompt, new PromptTurns()).invoke(request(large), answers);
    byte[] filtered = SearchRequest.newBuilder().setDsl("a > 1").build().toByteArray();
    method(prompt, new PromptTurns()).invoke(request(filtered), answers);
    assertThat(understood).isZero();
    handedOver.forEach(Runnable::run);
    assertThat(answers.all).containsExactly(LATER, LATER, LATER);
  }

  @Test
  void whenItIsNotItsTurnTheTransportOnlyHandsOver() {
    PromptTurns turns = new PromptTurns();
    turns.leave(handedOver::add, () -> {});
    method((request, call) -> new Given(Optional.of(PROMPT)), turns).invoke(request(), answers);
    assertThat(answers.all).isEmpty();
    assertThat(handedOver).hasSize(2);
    handedOver.forEach(Runnable::run);
    assertThat(answers.all).containsExactly(LATER);
  }

  @Test
  void aCancelledCallIsNotAnswered() {
    Context.CancellableContext context = Context.current().withCancellation();
    ServedMethod<SearchRequest, SearchResults> method =
        method((request, call) -> new Given(Optional.of(PROMPT)), new PromptTurns());
    context.run(() -> method((request, call) -> () -> LATER, null).invoke(request(), answers));
    context.cancel(null);
    context.run(() -> method.invoke(request(), answers));
    handedOver.forEach(Runnable::run);
    assertThat(answers.all).isEmpty();
    assertThat(understood).isZero();
  }

  @Test
  void failuresAreAnswersWhereverTheyHappen() {
    Work<SearchResults> failing =
        () -> {
          throw TidemarkException.invalid("no good");
        };
    method((request, call) -> failing, new PromptTurns()).invoke(request(), answers);
    handedOver.forEach(Runnable::run);
    method(
            (request, call) -> {
              throw TidemarkException.invalid("not understood");
            },
            new PromptTurns())
        .invoke(request(), answers);
    assertThat(answers.all)
        .extracting(answer -> answer.getStatus().getCode())
        .containsExactly(1100, 1100);
    assertThat(answers.all)
        .extracting(answer -> answer.getStatus().getReason())
        .satisfiesExactly(
            first -> assertThat(first).contains("no good"),
            second -> assertThat(second).contains("not understood"));
  }

  @Test
  void bytesThatAreNoMessageAreRefusedWhereverTheyAreRead() {
    byte[] noMessage = {(byte) 0xff, (byte) 0xff, (byte) 0xff};
    for (PromptTurns turns : new @Nullable PromptTurns[] {null, new PromptTurns()}) {
      Answers refused = new Answers();
      method((request, call) -> new Given(Optional.of(PROMPT)), turns)
          .invoke(request(noMessage), refused);
      handedOver.forEach(Runnable::run);
      handedOver.clear();
      assertThat(refused.all).isEmpty();
      assertThat(refused.error)
          .isInstanceOfSatisfying(
              StatusRuntimeException.class,
              e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT));
    }
  }
}
