package io.tidemark.standalone.shell;

import org.apache.flink.client.deployment.StandaloneClientFactory;
import org.apache.flink.client.deployment.StandaloneClusterDescriptor;
import org.apache.flink.configuration.Configuration;

/** How Flink finds {@link ShellCluster}, to run jobs there, list and stop them. */
public final class ShellClientFactory extends StandaloneClientFactory {
  @Override
  public boolean isCompatibleWith(Configuration configuration) {
    return ShellCluster.isMeant(configuration);
  }

  @Override
  public StandaloneClusterDescriptor createClusterDescriptor(Configuration configuration) {
    return super.createClusterDescriptor(ShellCluster.addressed(configuration));
  }
}
