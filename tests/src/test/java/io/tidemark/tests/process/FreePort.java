package io.tidemark.tests.process;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for servers that tests stop and start again on the same one. They lie below those that the
 * system gives to connections: another test's could otherwise take one while its server is away.
 */
public final class FreePort {
  private static final int FROM = 20_000;
  private static final int TO = 30_000;

  private FreePort() {}

  /** One on which nobody listens. */
  public static int choose() throws IOException {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(FROM, TO);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (BindException e) {
        // Taken: another one.
      }
    }
  }
}
