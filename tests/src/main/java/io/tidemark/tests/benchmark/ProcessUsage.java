package io.tidemark.tests.benchmark;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** CPU time and memory of the server process, from /proc, and of this one; unknown ones are NaN. */
public final class ProcessUsage {
  private static final double TICKS_PER_SECOND = 100;

  private final long serverPid;

  /**
   * @param serverPid 0 if the server runs elsewhere
   */
  public ProcessUsage(long serverPid) {
    this.serverPid = serverPid;
  }

  /** CPU seconds used so far by client and server together. */
  public double cpuSeconds() {
    return ownCpuSeconds() + serverCpuSeconds();
  }

  /** CPU seconds used so far by this process, all threads of it. */
  public static double ownCpuSeconds() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
            .getProcessCpuTime()
        / 1e9;
  }

  public double serverCpuSeconds() {
    Path stat = Path.of("/proc/" + serverPid + "/stat");
    if (serverPid == 0 || !Files.exists(stat)) {
      return Double.NaN;
    }
    String text = read(stat);
    String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
  }

  public double serverRssMb() {
    Path status = Path.of("/proc/" + serverPid + "/status");
    if (serverPid == 0 || !Files.exists(status)) {
      return Double.NaN;
    }
    return read(status)
            .lines()
            .filter(line -> line.startsWith("VmRSS"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
            .sum()
        / 1024.0;
  }

  static double folderMb(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).mapToLong(ProcessUsage::size).sum() / 1e6;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A file that went away while the folder was walked counts nothing. */
  private static long size(Path file) {
    return file.toFile().length();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
