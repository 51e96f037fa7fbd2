package io.tidemark.stores.log;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** How far the log has come. Stateless. */
public final class LogEnds {
  private static final Duration DEADLINE = Duration.ofSeconds(10);

  private LogEnds() {}

  /**
   * By pchannel the timestamp of its last record, 0 for an empty one: whatever was acknowledged
   * before the call is at or below it.
   *
   * @throws io.tidemark.model.error.TidemarkException SERVICE_NOT_READY if the broker does not
   *     answer in time
   */
  public static Map<Integer, Long> of(LogConfig config, Collection<Integer> pchannels) {
    List<Integer> wanted = new ArrayList<>(new TreeSet<>(pchannels));
    long[] last = LogEnd.lastTimestamps(config, wanted, DEADLINE);
    Map<Integer, Long> ends = new HashMap<>();
    for (int i = 0; i < last.length; i++) {
      ends.put(wanted.get(i), last[i]);
    }
    return ends;
  }
}
