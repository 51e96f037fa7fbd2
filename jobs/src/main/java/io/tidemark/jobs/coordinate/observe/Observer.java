package io.tidemark.jobs.coordinate.observe;

import io.tidemark.jobs.coordinate.function.CoordinatorPolicy;
import io.tidemark.jobs.coordinate.schedule.Schedule;
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

  private final CollectionsLook collections;
  private final ChannelLook channels;
  private final ScheduleLook schedules;

  private Observer(
      Lake lake,
      ControlStore control,
      int pchannels,
      CoordinatorPolicy policy,
      List<Schedule> schedules) {
    this.lake = lake;
    this.control = control;
    this.requests = new RequestLook(control);
    this.collections =
        new CollectionsLook(
            lake, control, new SegmentFinder(policy.limits(), policy.smallFileBytes()));
    this.channels = new ChannelLook(control, pchannels);
    this.schedules = new ScheduleLook(control, schedules);
  }

  /**
   * @param every the interval, longer if looking takes long
   */
  public static Source<byte[], ?, ?> source(
      LogConfig log,
      LakeConfig lake,
      CoordinatorPolicy policy,
      List<Schedule> schedules,
      Duration every) {
    List<Schedule> serializable = new ArrayList<>(schedules);
    return new LookSource(() -> open(log, lake, policy, serializable), every);
  }

  private static Observer open(
      LogConfig log, LakeConfig lakeConfig, CoordinatorPolicy policy, List<Schedule> schedules) {
    Lake lake = Lake.open(lakeConfig);
    try {
      return new Observer(lake, KafkaControlStore.open(log), log.pchannels(), policy, schedules);
    } catch (RuntimeException e) {
      lake.close();
      throw e;
    }
  }

  @Override
  public List<byte[]> changes() {
    List<byte[]> changes = new ArrayList<>();
    long nowMs = System.currentTimeMillis();
    collections.look(nowMs, changes::add);
    channels.look(changes::add);
    schedules.look(collections::id, changes::add);
    requests.look(nowMs, changes::add);
    return changes;
  }

  @Override
  public void close() {
    lake.close();
    control.close();
  }
}
