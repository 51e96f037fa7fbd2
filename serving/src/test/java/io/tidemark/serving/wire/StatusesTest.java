package io.tidemark.serving.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.milvus.grpc.MutationResult;
import io.milvus.grpc.Status;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@SuppressWarnings("deprecation") // the older number that old clients read
class StatusesTest {
  @ParameterizedTest
  @EnumSource(ErrorCode.class)
  void everyErrorFillsBothNumbers(ErrorCode code) {
    Status status = Statuses.of(new TidemarkException(code, "why"), "Insert");
    assertThat(status.getCode()).isEqualTo(code.code()).isNotZero();
    assertThat(status.getErrorCodeValue()).isEqualTo(code.legacy()).isNotZero();
    assertThat(status.getReason()).isEqualTo("why");
    assertThat(status.getDetail()).isEqualTo("why");
    assertThat(status.getRetriable()).isEqualTo(code.retriable());
  }

  @Test
  void theCauseCountsAndWhatIsUnexpectedSaysWhatFailed() {
    assertThat(
            Statuses.of(new CompletionException(TidemarkException.invalid("bad")), "Search")
                .getCode())
        .isEqualTo(1100);
    Status status = Statuses.of(new IllegalStateException("broken"), "Search");
    assertThat(status.getCode()).isEqualTo(65_535);
    assertThat(status.getErrorCodeValue()).isEqualTo(1);
    assertThat(status.getReason()).isEqualTo("Search failed: IllegalStateException: broken");
  }

  @Test
  void anAnswerOfAnyTypeCarriesIt() {
    Status status = Statuses.of(TidemarkException.invalid("bad"), "x");
    assertThat(Statuses.answer(Status.getDefaultInstance(), status)).isEqualTo(status);
    assertThat(Statuses.answer(MutationResult.getDefaultInstance(), status).getStatus())
        .isEqualTo(status);
  }
}
