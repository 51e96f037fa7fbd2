package io.tidemark.serving.rpc;

import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Keeps gRPC's transport from writing a stack trace to the log for each stranger that speaks
 * something else on the port, or sends too much: the connection ends, or the client gets its
 * status, and that is all there is to it.
 */
final class QuietTransport {
  private static final String NETTY = "io.grpc.netty.shaded.io.grpc.netty.";

  /** Held here, since java.util.logging forgets the level of a logger that nobody holds. */
  private static final List<Logger> LOGGERS =
      List.of(
          Logger.getLogger(NETTY + "NettyServerTransport"),
          Logger.getLogger(NETTY + "NettyServerTransport.connections"),
          Logger.getLogger(NETTY + "NettyServerHandler"),
          Logger.getLogger(NETTY + "NettyServerStream"));

  private QuietTransport() {}

  static void install() {
    LOGGERS.forEach(logger -> logger.setLevel(Level.SEVERE));
  }
}
