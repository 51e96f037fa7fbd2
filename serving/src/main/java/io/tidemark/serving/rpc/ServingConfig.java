package io.tidemark.serving.rpc;

import io.tidemark.serving.write.FreeSpace;
import java.time.Duration;

/**
 * How the gRPC service runs.
 *
 * @param bindAddress loopback unless told otherwise
 * @param port 0 takes a free one
 * @param pchannels partitions of the data log
 * @param requestTimeout of a request that brings no deadline
 * @param space that writes leave free
 */
public record ServingConfig(
    String bindAddress, int port, int pchannels, Duration requestTimeout, FreeSpace space) {
  public static final String LOOPBACK = "127.0.0.1";
  public static final int DEFAULT_PORT = 19_530;
  public static final int DEFAULT_PCHANNELS = 2;
  public static final Duration DEFAULT_REQUEST_TIMEOUT = Duration.ofSeconds(60);

  public ServingConfig {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException(
          "gRPC port " + port + ", expected 1 to 65535, or 0 for any free one");
    }
    if (pchannels < 1) {
      throw new IllegalArgumentException("pchannels " + pchannels + ", expected at least 1");
    }
    if (requestTimeout.isNegative() || requestTimeout.isZero()) {
      throw new IllegalArgumentException(
          "request timeout " + requestTimeout + ", expected a positive one");
    }
  }

  public static ServingConfig defaults() {
    return new ServingConfig(
        LOOPBACK, DEFAULT_PORT, DEFAULT_PCHANNELS, DEFAULT_REQUEST_TIMEOUT, FreeSpace.UNWATCHED);
  }

  public ServingConfig withAddress(String address, int newPort) {
    return new ServingConfig(address, newPort, pchannels, requestTimeout, space);
  }

  public ServingConfig withPchannels(int newPchannels) {
    return new ServingConfig(bindAddress, port, newPchannels, requestTimeout, space);
  }

  public ServingConfig withSpace(FreeSpace other) {
    return new ServingConfig(bindAddress, port, pchannels, requestTimeout, other);
  }
}
