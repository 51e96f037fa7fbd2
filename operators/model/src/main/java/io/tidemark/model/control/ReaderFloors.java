package io.tidemark.model.control;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * What serving nodes still read of the log, as they tell it in the control store: the log is not
 * trimmed beyond it. A node tells it again and again; one that has not for {@link #SILENCE_MAX} is
 * taken for gone, and when it comes back it loads what it missed from the tables. Stateless.
 */
public final class ReaderFloors {
  /** How often a node tells. */
  public static final Duration EVERY = Duration.ofSeconds(30);

  /** After this a node's word no longer counts. */
  public static final Duration SILENCE_MAX = Duration.ofMinutes(10);

  private ReaderFloors() {}

  private static String key(String node, int pchannel) {
    return ControlKeys.READER + node + "/" + pchannel;
  }

  /**
   * @param node without a slash, of this life of the node
   * @param floor hybrid: it has read everything up to here
   */
  public static void put(ControlStore control, String node, int pchannel, long floor, long nowMs) {
    control.put(key(node, pchannel), floor + " " + nowMs);
  }

  /** It reads the pchannel no more. */
  public static void remove(ControlStore control, String node, int pchannel) {
    control.delete(key(node, pchannel));
  }

  /** The lowest floor by pchannel, of nodes that are not silent; none for one that nobody reads. */
  public static Map<Integer, Long> lowest(ControlStore control, long nowMs) {
    Map<Integer, Long> lowest = new HashMap<>();
    control
        .list(ControlKeys.READER)
        .forEach((key, value) -> {
          if (!isSilent(value, nowMs)) {
            int pchannel = Integer.parseInt(key.substring(key.lastIndexOf('/') + 1));
            long floor = Long.parseLong(value.substring(0, value.indexOf(' ')));
            lowest.merge(pchannel, floor, Math::min);
          }
        });
    return lowest;
  }

  /**
   * Forgets nodes that are silent.
   *
   * @return how many entries
   */
  public static int forgetSilent(ControlStore control, long nowMs) {
    int forgotten = 0;
    for (Map.Entry<String, String> entry : control.list(ControlKeys.READER).entrySet()) {
      if (isSilent(entry.getValue(), nowMs)) {
        control.delete(entry.getKey());
        forgotten++;
      }
    }
    return forgotten;
  }

  private static boolean isSilent(String value, long nowMs) {
    return nowMs - Long.parseLong(value.substring(value.indexOf(' ') + 1)) > SILENCE_MAX.toMillis();
  }
}
