package io.tidemark.jobs.coordinate;

import io.tidemark.jobs.coordinate.function.CoordinatorPolicy;
import io.tidemark.jobs.coordinate.launch.FlinkAddress;
import io.tidemark.jobs.coordinate.schedule.Schedule;
import io.tidemark.jobs.coordinate.schedule.Schedules;
import io.tidemark.stores.lake.LakeConfig;
import io.tidemark.stores.log.LogConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Everything that can be set of the coordinator.
 *
 * @param checkpoints URI of a folder that is this job's alone
 * @param cluster where batch jobs run
 * @param schedules jobs by the clock
 * @param jobDefaults options of every job that has them and is not told otherwise
 * @param lookEvery how often lake and control store are looked at, less often if it takes long
 */
public record CoordinatorConfig(
    LogConfig log,
    LakeConfig lake,
    String checkpoints,
    Duration checkpointInterval,
    FlinkAddress cluster,
    CoordinatorPolicy policy,
    List<Schedule> schedules,
    Map<String, String> jobDefaults,
    Duration lookEvery) {
  public CoordinatorConfig {
    schedules = List.copyOf(schedules);
    jobDefaults = Map.copyOf(jobDefaults);
    if (checkpointInterval.toMillis() < 1 || lookEvery.toMillis() < 1) {
      throw new IllegalArgumentException(
          "checkpoints every "
              + checkpointInterval
              + ", looks every "
              + lookEvery
              + ": each at least 1 ms");
    }
  }

  public static CoordinatorConfig defaults(
      LogConfig log, LakeConfig lake, String checkpoints, FlinkAddress cluster) {
    return new CoordinatorConfig(
        log,
        lake,
        checkpoints,
        Duration.ofSeconds(10),
        cluster,
        CoordinatorPolicy.DEFAULTS,
        Schedules.DEFAULTS,
        Map.of(),
        Duration.ofSeconds(1));
  }

  public CoordinatorConfig withPolicy(CoordinatorPolicy other) {
    return new CoordinatorConfig(
        log,
        lake,
        checkpoints,
        checkpointInterval,
        cluster,
        other,
        schedules,
        jobDefaults,
        lookEvery);
  }

  public CoordinatorConfig withSchedules(List<Schedule> others) {
    return new CoordinatorConfig(
        log,
        lake,
        checkpoints,
        checkpointInterval,
        cluster,
        policy,
        others,
        jobDefaults,
        lookEvery);
  }

  public CoordinatorConfig withCheckpointInterval(Duration interval) {
    return new CoordinatorConfig(
        log, lake, checkpoints, interval, cluster, policy, schedules, jobDefaults, lookEvery);
  }

  public CoordinatorConfig withLookEvery(Duration every) {
    return new CoordinatorConfig(
        log, lake, checkpoints, checkpointInterval, cluster, policy, schedules, jobDefaults, every);
  }

  public CoordinatorConfig withJobDefaults(Map<String, String> options) {
    return new CoordinatorConfig(
        log, lake, checkpoints, checkpointInterval, cluster, policy, schedules, options, lookEvery);
  }
}
