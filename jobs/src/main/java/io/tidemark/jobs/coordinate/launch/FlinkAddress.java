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
