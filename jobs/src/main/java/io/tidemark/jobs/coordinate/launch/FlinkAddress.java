package io.tidemark.jobs.coordinate.launch;

import java.io.Serializable;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The Flink cluster that runs the batch jobs.
 *
 * @param host of its REST interface
 * @param jars URIs of what the jobs need and the cluster does not have
 */
public record FlinkAddress(String host, int port, List<String> jars) implements Serializable {
  public FlinkAddress {
    jars = List.copyOf(jars);
    if (host.isBlank() || port < 1 || port > 65535) {
      throw new IllegalArgumentException(
          "no address of a Flink cluster: host '" + host + "', port " + port);
    }
  }

  /**
   * @param hostAndPort {@code HOST:PORT}
   * @param jars URIs separated by commas, or nothing
   */
  public static FlinkAddress parse(String hostAndPort, String jars) {
    int colon = hostAndPort.lastIndexOf(':');
    String port = hostAndPort.substring(colon + 1);
    if (colon < 1 || !port.matches("\\d{1,5}")) {
      throw new IllegalArgumentException(
          "no address of a Flink cluster: '" + hostAndPort + "', it is HOST:PORT");
    }
    return new FlinkAddress(
        hostAndPort.substring(0, colon),
        Integer.parseInt(port),
        jars.isBlank() ? List.of() : List.of(jars.split(",")));
  }

  /** A new environment whose jobs are submitted there. */
  public StreamExecutionEnvironment environment(ClassLoader classes) {
    Configuration settings = new Configuration();
    settings.set(DeploymentOptions.TARGET, "remote");
    settings.set(DeploymentOptions.ATTACHED, true);
    settings.set(RestOptions.ADDRESS, host);
    settings.set(RestOptions.PORT, port);
    if (!jars.isEmpty()) {
      settings.set(PipelineOptions.JARS, jars);
    }
    return new StreamExecutionEnvironment(settings, classes);
  }
}
