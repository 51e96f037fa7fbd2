package io.tidemark.tests.objectstore;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A way to an HTTP server that fails as networks and stores do: some requests are answered with 500
 * or 503 and never arrive, some arrive and lose their answer, some stall. One request per
 * connection.
 */
final class FaultyWay implements AutoCloseable {
  /**
   * Shares of requests, 0 to 1.
   *
   * @param refused answered with 500 or 503, half and half
   * @param unanswered done, but the connection ends before the answer
   * @param stalled silent for {@code stallMs}, then the connection ends
   */
  record Faults(double refused, double unanswered, double stalled, long stallMs) {
    static final Faults NONE = new Faults(0, 0, 0, 0);
  }

  private final ServerSocket listening;
  private final int target;
  private final Random random;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicInteger failed = new AtomicInteger();
  private final AtomicInteger openNow = new AtomicInteger();
  private final AtomicInteger openMax = new AtomicInteger();
  private volatile Faults faults = Faults.NONE;

  private FaultyWay(ServerSocket listening, int target, long seed) {
    this.listening = listening;
    this.target = target;
    this.random = new Random(seed);
  }

  static FaultyWay to(int port, long seed) throws IOException {
    FaultyWay way =
        new FaultyWay(new ServerSocket(0, 200, InetAddress.getLoopbackAddress()), port, seed);
    Thread.ofVirtual().start(way::accept);
    return way;
  }

  int port() {
    return listening.getLocalPort();
  }

  void set(Faults some) {
    faults = some;
  }

  int requests() {
    return requests.get();
  }

  int failed() {
    return failed.get();
  }

  /** Most connections at once. */
  int openMax() {
    return openMax.get();
  }

  /** Bytes that answers had. */
  long bytes() {
    return bytes.get();
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket client = listening.accept();
        open.add(client);
        Thread.ofVirtual().start(() -> serve(client));
      } catch (IOException e) {
        // Closed: the test has ended.
        return;
      }
    }
  }

  private void serve(Socket client) {
    openMax.accumulateAndGet(openNow.incrementAndGet(), Math::max);
    try (client) {
      pass(client);
    } catch (IOException | InterruptedException e) {
      // Either end hung up, which is what this is about.
      failed.incrementAndGet();
    } finally {
      openNow.decrementAndGet();
      open.remove(client);
    }
  }

  private void pass(Socket client) throws IOException, InterruptedException {
    InputStream in = client.getInputStream();
    String head = head(in);
    if (head.isEmpty()) {
      return;
    }
    requests.incrementAndGet();
    Faults now = faults;
    double dice;
    boolean slowDown;
    synchronized (random) {
      dice = random.nextDouble();
      slowDown = random.nextBoolean();
    }
    if (dice < now.refused) {
      failed.incrementAndGet();
      refuse(client, slowDown);
    } else if (dice < now.refused + now.stalled) {
      failed.incrementAndGet();
      Thread.sleep(now.stallMs);
    } else {
      forward(client, head, dice > 1 - now.unanswered);
    }
  }

  /** Up to the empty line; empty if the client sent nothing. */
  private static String head(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    int last = 0;
    while (true) {
      int next = in.read();
      if (next < 0) {
        if (head.size() == 0) {
          return "";
        }
        throw new EOFException("within a request's head");
      }
      head.write(next);
      last = (last << 8) | next;
      if (last == 0x0D0A0D0A) {
        return head.toString(StandardCharsets.ISO_8859_1);
      }
    }
  }

  private static void refuse(Socket client, boolean slowDown) throws IOException {
    String body =
        "<?xml version=\"1.0\"?><Error><Code>%s</Code><Message>as the test asked</Message></Error>"
            .formatted(slowDown ? "SlowDown" : "InternalError");
    String status = slowDown ? "503 Slow Down" : "500 Internal Server Error";
    client
        .getOutputStream()
        .write(
            ("HTTP/1.1 %s\r\nContent-Type: application/xml\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"
                    .formatted(status, body.length(), body))
                .getBytes(StandardCharsets.ISO_8859_1));
    client.shutdownOutput();
    // A body under way would otherwise reset the connection and with it the answer.
    client.setSoTimeout(200);
    try {
      client.getInputStream().transferTo(OutputStream.nullOutputStream());
    } catch (java.net.SocketTimeoutException e) {
      // It has hung up neither, and waits for nothing.
      client.close();
    }
  }

  private void forward(Socket client, String head, boolean loseAnswer) throws IOException {
    try (Socket server = new Socket(InetAddress.getLoopbackAddress(), target)) {
      String closing =
          head.substring(0, head.length() - 2).replaceAll("(?im)^connection:.*\r\n", "")
              + "Connection: close\r\n\r\n";
      server.getOutputStream().write(closing.getBytes(StandardCharsets.ISO_8859_1));
      Thread body =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  client.getInputStream().transferTo(server.getOutputStream());
                } catch (IOException e) {
                  // The server's answer, or its end, tells the client.
                  Thread.currentThread().interrupt();
                }
              });
      OutputStream out = loseAnswer ? OutputStream.nullOutputStream() : client.getOutputStream();
      if (loseAnswer) {
        failed.incrementAndGet();
      }
      byte[] buffer = new byte[1 << 16];
      InputStream answer = server.getInputStream();
      boolean continues = head.toLowerCase(Locale.ROOT).contains("100-continue");
      for (int read = answer.read(buffer); read >= 0; read = answer.read(buffer)) {
        bytes.addAndGet(read);
        if (continues && loseAnswer) {
          // So that the body is sent.
          client.getOutputStream().write(buffer, 0, Math.min(read, 25));
          continues = false;
        }
        out.write(buffer, 0, read);
      }
      client.close();
      body.interrupt();
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
