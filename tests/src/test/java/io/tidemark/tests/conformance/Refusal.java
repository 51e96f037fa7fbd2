package io.tidemark.tests.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.milvus.v2.exception.MilvusClientException;
import java.util.Locale;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What a refused call must say: its number and the words a person looks for. */
public final class Refusal {
  private Refusal() {}

  /** The server answers with this code, and its message names these words. */
  public static void assertRefused(int code, ThrowingCallable call, String... words) {
    MilvusClientException refused = catchThrowableOfType(MilvusClientException.class, call);
    assertThat(refused).as("it is refused").isNotNull();
    assertThat(refused.getServerErrCode()).as("server code of: %s", refused).isEqualTo(code);
    assertThat(refused.getLegacyServerCode()).as("legacy code of: %s", refused).isNotZero();
    assertNamed(refused.getMessage(), words);
  }

  /** It is refused, by the server or already by the SDK; the message names these words. */
  public static void assertRefused(ThrowingCallable call, String... words) {
    MilvusClientException refused = catchThrowableOfType(MilvusClientException.class, call);
    assertThat(refused).as("it is refused").isNotNull();
    assertNamed(refused.getMessage(), words);
  }

  static void assertNamed(String message, String... words) {
    for (String word : words) {
      assertThat(message.toLowerCase(Locale.ROOT)).contains(word.toLowerCase(Locale.ROOT));
    }
  }
}
