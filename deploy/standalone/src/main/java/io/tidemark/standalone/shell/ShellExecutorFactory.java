package io.tidemark.standalone.shell;

import org.apache.flink.client.deployment.executors.AbstractSessionClusterExecutor;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.PipelineExecutor;
import org.apache.flink.core.execution.PipelineExecutorFactory;

/** How Flink runs a statement on {@link ShellCluster}. */
public final class ShellExecutorFactory implements PipelineExecutorFactory {
  @Override
  public String getName() {
    return ShellCluster.TARGET;
  }

  @Override
  public boolean isCompatibleWith(Configuration configuration) {
    return ShellCluster.isMeant(configuration);
  }

  @Override
  public PipelineExecutor getExecutor(Configuration configuration) {
    return new AbstractSessionClusterExecutor<>(new ShellClientFactory(), configuration);
  }
}
