package io.tidemark.serving.rpc;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import io.grpc.MethodDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Takes the bytes of requests off the transport's thread, which many connections share; they are
 * parsed where they are handled. So bytes that are no message are told from the server's faults,
 * too.
 */
final class RequestMarshaller<Q extends Message>
    implements MethodDescriptor.Marshaller<RequestMarshaller.Received<Q>> {
  private final Parser<Q> parser;

  @SuppressWarnings("unchecked") // A message's parser makes messages of its own type.
  RequestMarshaller(Q prototype) {
    this.parser = (Parser<Q>) prototype.getParserForType();
  }

  /** The bytes are no message of the request's type. */
  static final class NoMessageException extends RuntimeException {
    @java.io.Serial private static final long serialVersionUID = 1L;

    private NoMessageException(InvalidProtocolBufferException cause) {
      super(cause);
    }
  }

  /** A request as it came. */
  static final class Received<Q extends Message> {
    private byte @Nullable [] bytes;
    private final Parser<Q> parser;

    private Received(byte[] bytes, Parser<Q> parser) {
      this.bytes = bytes;
      this.parser = parser;
    }

    /** How many there are. */
    int bytes() {
      return bytes == null ? 0 : bytes.length;
    }

    /**
     * To be asked once: the bytes are let go.
     *
     * @throws NoMessageException if the bytes are none
     */
    Q message() {
      byte[] all = bytes;
      bytes = null;
      if (all == null) {
        throw new IllegalStateException("the request was taken already");
      }
      try {
        return parser.parseFrom(all);
      } catch (InvalidProtocolBufferException e) {
        throw new NoMessageException(e);
      }
    }
  }

  @Override
  public InputStream stream(Received<Q> value) {
    throw new UnsupportedOperationException("requests are only received");
  }

  @Override
  public Received<Q> parse(InputStream stream) {
    try {
      // All of it, but for compressed ones.
      byte[] bytes = new byte[stream.available()];
      int count = stream.readNBytes(bytes, 0, bytes.length);
      byte[] rest = stream.readAllBytes();
      if (count < bytes.length || rest.length > 0) {
        bytes = Arrays.copyOf(bytes, count + rest.length);
        System.arraycopy(rest, 0, bytes, count, rest.length);
      }
      return new Received<>(bytes, parser);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
