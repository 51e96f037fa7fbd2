package io.tidemark.jobs.coordinate.observe;

import io.tidemark.jobs.coordinate.function.CoordinatorPolicy;
import io.tidemark.model.control.ControlStore;
import io.tidemark.stores.control.KafkaControlStore;
import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.lake.LakeConfig;
import io.tidemark.stores.log.LogConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.connector.source.Source;

/**
 * Everything that decisions rest on, as envelopes to the functions it concerns: what is read of the
 * lake, the registry and the control store, when it has changed. Since the first look tells all, no
 * decision is lost with the functions' memory.
 */
public final class Observer implements Look {
  private final Lake lake;
  private final ControlStore control;
  private final RequestLook requests;

  private Observer(Lake lake, ControlStore control) {
    this.lake = lake;
    this.control = control;
    this.requests = new RequestLook(control);
  }

  /**
   * @param every the interval, longer if looking takes long
   */
  public static Source<byte[], ?, ?> source(
      LogConfig log, LakeConfig lake, CoordinatorPolicy policy, Duration every) {
    return new LookSource(() -> open(log, lake), every);
  }

  private static Observer open(LogConfig log, LakeConfig lakeConfig) {
    Lake lake = Lake.open(lakeConfig);
    try {
      return new Observer(lake, KafkaControlStore.open(log));
    } catch (RuntimeException e) {
      lake.close();
      throw e;
    }
  }

  @Override
  public List<byte[]> changes() {
    return new ArrayList<>(requests.changes(System.currentTimeMillis()));
  }

  @Override
  public void close() {
    lake.close();
    control.close();
  }
}
