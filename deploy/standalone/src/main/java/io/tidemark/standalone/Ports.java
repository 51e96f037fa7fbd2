package io.tidemark.standalone;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which ports can be had. Stateless. */
final class Ports {
  private static final Logger LOG = LoggerFactory.getLogger(Ports.class);

  private Ports() {}

  /**
   * @param what listens there, as the message names it
   * @param option that gives another
   * @throws IOException if it is taken; the message says the way out
   */
  static void checkFree(String what, String option, String address, int port) throws IOException {
    if (port == 0) {
      return;
    }
    try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getByName(address))) {
      LOG.debug("{} port free port={}", what, probe.getLocalPort());
    } catch (IOException e) {
      throw new IOException(
          what
              + " port "
              + port
              + " on "
              + address
              + " cannot be used ("
              + e.getMessage()
              + "): stop what listens there, or give another with "
              + option,
          e);
    }
  }

  /** One on loopback that was free just now. */
  static int free() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
