package io.tidemark.stores.log;

import java.io.Serializable;

/**
 * Where the log is.
 *
 * @param bootstrapServers host:port, several separated by commas
 * @param dataTopic its partitions are the pchannels
 * @param controlTopic compacted, one partition: the control state
 * @param pchannels partitions of the data topic; never changed once records are there
 */
public record LogConfig(
    String bootstrapServers, String dataTopic, String controlTopic, int pchannels)
    implements Serializable {
  private static final String DATA_TOPIC = "tidemark-log";
  private static final String CONTROL_TOPIC = "tidemark-control";
  private static final int PCHANNELS = 2;

  public LogConfig {
    if (bootstrapServers.isBlank() || dataTopic.isBlank() || controlTopic.isBlank()) {
      throw new IllegalArgumentException(
          "bootstrap servers, data topic and control topic must not be empty: '"
              + bootstrapServers
              + "', '"
              + dataTopic
              + "', '"
              + controlTopic
              + "'");
    }
    if (pchannels < 1) {
      throw new IllegalArgumentException("pchannels must be at least 1, not " + pchannels);
    }
  }

  /** The default topics and two pchannels. */
  public static LogConfig of(String bootstrapServers) {
    return new LogConfig(bootstrapServers, DATA_TOPIC, CONTROL_TOPIC, PCHANNELS);
  }
}
