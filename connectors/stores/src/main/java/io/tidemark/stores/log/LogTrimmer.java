package io.tidemark.stores.log;

import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.time.HybridTimestamp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DeletedRecords;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes the beginning of pchannels. A broker gives the disk space back a whole log segment at a
 * time. Stateless.
 */
public final class LogTrimmer {
  private static final Logger LOG = LoggerFactory.getLogger(LogTrimmer.class);
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  private LogTrimmer() {}

  /**
   * What was done to a pchannel.
   *
   * @param records that are gone by this call, ticks included
   * @param begin its first offset now
   */
  public record Trimmed(long records, long begin) {}

  /**
   * Deletes the records of each pchannel below its floor, but for the last of them, by which a
   * reader that starts after the floor sees that it misses nothing. The last record of a pchannel
   * is never deleted, whatever the floor: a new writer goes on above it.
   *
   * @param floors by pchannel, hybrid: everything below is in tables and read by everybody
   * @return by pchannel, all of {@code floors}
   * @throws TidemarkException SERVICE_NOT_READY if the broker does not answer; some pchannels may
   *     be trimmed
   */
  public static Map<Integer, Trimmed> trim(LogConfig config, Map<Integer, Long> floors) {
    List<Integer> pchannels = new ArrayList<>(floors.keySet());
    long[] last = LogEnd.lastTimestamps(config, pchannels, DEADLINE);
    Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
    Map<TopicPartition, OffsetSpec> begins = new HashMap<>();
    for (int i = 0; i < last.length; i++) {
      TopicPartition partition = new TopicPartition(config.dataTopic(), pchannels.get(i));
      long floor = Math.min(floors.getOrDefault(pchannels.get(i), 0L), last[i]);
      begins.put(partition, OffsetSpec.earliest());
      wanted.put(partition, OffsetSpec.forTimestamp(HybridTimestamp.physicalMs(floor)));
    }
    try (Admin admin = Admin.create(KafkaSettings.admin(config, "tidemark-trim", DEADLINE))) {
      Map<TopicPartition, ListOffsetsResultInfo> before = admin.listOffsets(begins).all().get();
      Map<TopicPartition, RecordsToDelete> deletes = new HashMap<>();
      admin
          .listOffsets(wanted)
          .all()
          .get()
          .forEach((partition, first) -> {
            // One less: the record before the first that must stay. None was found: all must stay.
            long keep = first.offset() - 1;
            ListOffsetsResultInfo begin = before.get(partition);
            if (begin != null && keep > begin.offset()) {
              deletes.put(partition, RecordsToDelete.beforeOffset(keep));
            }
          });
      return delete(admin, before, deletes);
    } catch (ExecutionException e) {
      throw new TidemarkException(
          ErrorCode.SERVICE_NOT_READY,
          "the log at " + config.bootstrapServers() + " cannot be trimmed: " + e.getCause(),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TidemarkException(
          ErrorCode.SERVICE_NOT_READY, "interrupted while trimming the log", e);
    }
  }

  private static Map<Integer, Trimmed> delete(
      Admin admin,
      Map<TopicPartition, ListOffsetsResultInfo> before,
      Map<TopicPartition, RecordsToDelete> deletes)
      throws ExecutionException, InterruptedException {
    Map<Integer, Trimmed> trimmed = new HashMap<>();
    before.forEach(
        (partition, begin) -> trimmed.put(partition.partition(), new Trimmed(0, begin.offset())));
    var deleted = admin.deleteRecords(deletes).lowWatermarks();
    for (var entry : deleted.entrySet()) {
      DeletedRecords now = entry.getValue().get();
      int pchannel = entry.getKey().partition();
      Trimmed was = trimmed.getOrDefault(pchannel, new Trimmed(0, 0));
      trimmed.put(pchannel, new Trimmed(now.lowWatermark() - was.begin(), now.lowWatermark()));
      LOG.info(
          "log trimmed pchannel={} records={} begin={}",
          pchannel,
          now.lowWatermark() - was.begin(),
          now.lowWatermark());
    }
    return trimmed;
  }
}
