package io.tidemark.jobs.coordinate.observe;

import io.tidemark.jobs.coordinate.function.Functions;
import io.tidemark.jobs.coordinate.function.Message;
import io.tidemark.jobs.coordinate.host.Envelope;
import io.tidemark.jobs.coordinate.record.JobRecord;
import io.tidemark.jobs.coordinate.record.JobRecords;
import io.tidemark.model.control.ControlStore;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Finds requests that have not ended: at the first look all of them, in case slots has forgotten
 * them; later those that wait for a while, in case it never heard of them. What slots knows it does
 * not take twice.
 */
final class RequestLook {
  private static final long UNHEARD_MS = 3_000;

  private final JobRecords records;
  private final Set<String> told = new HashSet<>();
  private boolean first = true;

  RequestLook(ControlStore control) {
    this.records = new JobRecords(control);
  }

  void look(long nowMs, Consumer<byte[]> changes) {
    Set<String> open = new HashSet<>();
    for (JobRecord record : records.open()) {
      String id = record.request().id();
      open.add(id);
      boolean unheard =
          record.state() == JobRecord.State.QUEUED && nowMs - record.queuedMs() >= UNHEARD_MS;
      if ((first || unheard) && told.add(id)) {
        changes.accept(
            Envelope.of(
                Functions.SLOTS, Functions.ALL, Message.TYPE, new Message.Ask(record.request())));
      }
    }
    told.retainAll(open);
    first = false;
  }
}
