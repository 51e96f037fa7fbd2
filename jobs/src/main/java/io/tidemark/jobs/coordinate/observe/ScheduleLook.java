package io.tidemark.jobs.coordinate.observe;

import io.tidemark.jobs.coordinate.function.Functions;
import io.tidemark.jobs.coordinate.function.Message;
import io.tidemark.jobs.coordinate.host.Envelope;
import io.tidemark.jobs.coordinate.record.RecordJson;
import io.tidemark.jobs.coordinate.record.ScheduleState;
import io.tidemark.jobs.coordinate.schedule.Schedule;
import io.tidemark.model.control.ControlKeys;
import io.tidemark.model.control.ControlStore;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/** The configured schedules, with the collections that their names mean now. */
final class ScheduleLook {
  private final ControlStore control;
  private final List<Schedule> schedules;
  private final Map<String, Message.ScheduleSet> told = new HashMap<>();
  private boolean first = true;

  ScheduleLook(ControlStore control, List<Schedule> schedules) {
    this.control = control;
    this.schedules = schedules;
  }

  /**
   * @param ids of the collections by name
   */
  void look(Function<String, Optional<Long>> ids, Consumer<byte[]> changes) {
    for (Schedule schedule : schedules) {
      List<Long> collections =
          schedule.collections().stream().map(ids).flatMap(Optional::stream).toList();
      Message.ScheduleSet before = told.get(schedule.name());
      if (before == null || !before.collectionIds().equals(collections)) {
        tell(
            schedule.name(),
            new Message.ScheduleSet(schedule, collections, lastMs(schedule.name())),
            changes);
      }
    }
    if (first) {
      forgotten().forEach(name -> tell(name, new Message.ScheduleSet(null, List.of(), 0), changes));
      first = false;
    }
  }

  private Stream<String> forgotten() {
    Set<String> names = new HashSet<>();
    control
        .list(ControlKeys.SCHEDULE_STATE)
        .keySet()
        .forEach(key -> names.add(key.substring(ControlKeys.SCHEDULE_STATE.length())));
    schedules.forEach(schedule -> names.remove(schedule.name()));
    return names.stream();
  }

  private void tell(String name, Message.ScheduleSet set, Consumer<byte[]> changes) {
    told.put(name, set);
    changes.accept(Envelope.of(Functions.SCHEDULE, name, Message.TYPE, set));
  }

  private long lastMs(String name) {
    return control
        .get(ControlKeys.SCHEDULE_STATE + name)
        .map(json -> RecordJson.read(json, ScheduleState.class).lastMs())
        .orElse(0L);
  }
}
