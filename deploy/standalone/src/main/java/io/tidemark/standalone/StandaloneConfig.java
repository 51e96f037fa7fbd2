package io.tidemark.standalone;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Everything that can be set of a standalone Tidemark; parsed once.
 *
 * @param data the data directory
 * @param grpcPort for Milvus clients; 0 takes a free one
 * @param httpPort for health, status and metrics, on loopback; 0 takes a free one
 * @param bind the address the gRPC port listens on
 * @param window how much of the log one commit covers at most
 * @param segmentBytesMax a segment is indexed once its unindexed files reach this
 * @param segmentRowsMax or this many rows
 * @param segmentIdle or have not grown for this long
 * @param indexRowsMin segments under this are searched exactly, without an index
 * @param pchannels partitions of the log; fixed when the data directory is created
 */
public record StandaloneConfig(
    Path data,
    int grpcPort,
    int httpPort,
    String bind,
    Duration window,
    long segmentBytesMax,
    long segmentRowsMax,
    Duration segmentIdle,
    int indexRowsMin,
    int pchannels) {
  public static final int GRPC_PORT = 19530;
  public static final int HTTP_PORT = 9091;

  public StandaloneConfig {
    checkPort("--grpc-port", grpcPort);
    checkPort("--http-port", httpPort);
    if (grpcPort != 0 && grpcPort == httpPort) {
      throw new IllegalArgumentException(
          "--grpc-port and --http-port are both " + grpcPort + ", give two different ones");
    }
    if (window.toMillis() < 100 || window.compareTo(Duration.ofMinutes(10)) > 0) {
      throw new IllegalArgumentException(
          "the window is " + window + ", it must be 100 ms to 10 minutes");
    }
  }

  private static void checkPort(String option, int port) {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException(
          option + " is " + port + ", a port is 1 to 65535, or 0 for any free one");
    }
  }

  public static StandaloneConfig defaults(Path data) {
    return new StandaloneConfig(
        data,
        GRPC_PORT,
        HTTP_PORT,
        "127.0.0.1",
        Duration.ofSeconds(10),
        64L << 20,
        100_000,
        Duration.ofSeconds(30),
        1024,
        2);
  }

  public StandaloneConfig withPorts(int grpc, int http, String address) {
    return new StandaloneConfig(
        data,
        grpc,
        http,
        address,
        window,
        segmentBytesMax,
        segmentRowsMax,
        segmentIdle,
        indexRowsMin,
        pchannels);
  }

  public StandaloneConfig withWindow(Duration length) {
    return new StandaloneConfig(
        data,
        grpcPort,
        httpPort,
        bind,
        length,
        segmentBytesMax,
        segmentRowsMax,
        segmentIdle,
        indexRowsMin,
        pchannels);
  }

  public StandaloneConfig withSegments(long bytesMax, long rowsMax, Duration idle) {
    return new StandaloneConfig(
        data, grpcPort, httpPort, bind, window, bytesMax, rowsMax, idle, indexRowsMin, pchannels);
  }
}
