package io.tidemark.tests.process;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What Linux says in {@code /proc} of a process's sockets and memory. */
final class Sockets {
  private static final String TCP_LISTEN = "0A";

  private Sockets() {}

  record Listening(InetAddress address, int port) {}

  /** The TCP sockets on which the process listens. */
  static List<Listening> listening(long pid) throws IOException {
    Set<String> inodes = inodes(pid);
    List<Listening> sockets = new ArrayList<>();
    for (String table : List.of("tcp", "tcp6")) {
      Path file = Path.of("/proc", Long.toString(pid), "net", table);
      if (!Files.exists(file)) {
        continue;
      }
      for (String line : Files.readAllLines(file).stream().skip(1).toList()) {
        // sl, local_address, rem_address, st, tx:rx, tr:when, retrnsmt, uid, timeout, inode …
        String[] columns = line.trim().split("\\s+");
        if (columns[3].equals(TCP_LISTEN) && inodes.contains(columns[9])) {
          String[] local = columns[1].split(":");
          sockets.add(new Listening(address(local[0]), Integer.parseInt(local[1], 16)));
        }
      }
    }
    return sockets;
  }

  /** The kernel prints addresses as 32-bit words in the machine's own byte order. */
  private static InetAddress address(String hex) throws IOException {
    ByteBuffer words = ByteBuffer.wrap(HexFormat.of().parseHex(hex));
    ByteBuffer address = ByteBuffer.allocate(words.capacity());
    address.order(ByteOrder.nativeOrder());
    while (words.hasRemaining()) {
      address.putInt(words.getInt());
    }
    return InetAddress.getByAddress(address.array());
  }

  private static Set<String> inodes(long pid) throws IOException {
    Set<String> inodes = new HashSet<>();
    try (Stream<Path> descriptors = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
      for (Path descriptor : descriptors.toList()) {
        inode(descriptor).ifPresent(inodes::add);
      }
    }
    return inodes;
  }

  /** Empty if it is no socket, or was closed since the folder was listed. */
  private static Optional<String> inode(Path descriptor) throws IOException {
    try {
      String target = Files.readSymbolicLink(descriptor).toString();
      return target.startsWith("socket:[")
          ? Optional.of(target.substring(8, target.length() - 1))
          : Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  static long residentBytes(long pid) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
      }
    }
    throw new IOException("no VmRSS in /proc/" + pid + "/status");
  }
}
