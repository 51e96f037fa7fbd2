package io.tidemark.serving.rpc;

import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Settings of gRPC's transport that it has no methods for.
 *
 * <p>It must not write a stack trace to the log for each stranger that speaks something else on the
 * port, or sends too much: the connection ends, or the client gets its status, and that is all
 * there is to it.
 *
 * <p>And it must use the native transport although Milvus's SDK brings one of the same name, which
 * would make it fall back to the slower one of the JDK: the first on the class path counts, and if
 * that were the SDK's, the JDK's would still serve.
 */
final class Transport {
  private static final String SHADED = "io.grpc.netty.shaded.io.";
  private static final String NETTY = SHADED + "grpc.netty.";

  /** Held here, since java.util.logging forgets the level of a logger that nobody holds. */
  private static final List<Logger> LOGGERS =
      List.of(
          Logger.getLogger(NETTY + "NettyServerTransport"),
          Logger.getLogger(NETTY + "NettyServerTransport.connections"),
          Logger.getLogger(NETTY + "NettyServerHandler"),
          Logger.getLogger(NETTY + "NettyServerStream"),
          Logger.getLogger(SHADED + "netty.util.internal.NativeLibraryLoader"));

  private Transport() {}

  static void install() {
    System.setProperty(SHADED + "netty.native.detectNativeLibraryDuplicates", "false");
    LOGGERS.forEach(logger -> logger.setLevel(Level.SEVERE));
  }
}
