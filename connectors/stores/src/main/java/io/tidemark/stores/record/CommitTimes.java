package io.tidemark.stores.record;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableMetadataParser;
import org.apache.iceberg.TableOperations;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps tables writable after the wall clock was set back. Iceberg refuses every commit, of rows as
 * of properties, whose time is more than a minute before the table's last one: until the clock has
 * caught up, nothing could be committed. Stateless and thread-safe.
 */
public final class CommitTimes {
  private static final Logger LOG = LoggerFactory.getLogger(CommitTimes.class);

  /** Iceberg bears twice as much; below it nothing needs doing. */
  private static final long AHEAD_MS_MAX = 30_000;

  private static final ObjectMapper JSON = new ObjectMapper();

  private CommitTimes() {}

  /**
   * If the table's last commit lies in the future, moves the times in its history, but not those of
   * its snapshots, back to now, by a commit that changes nothing else. To be called before a
   * commit, on a handle just refreshed.
   *
   * @throws org.apache.iceberg.exceptions.CommitFailedException if another commit was faster: look
   *     again
   */
  public static void settle(Table table) {
    TableOperations operations = ((HasTableOperations) table).operations();
    TableMetadata current = operations.current();
    long nowMs = System.currentTimeMillis();
    if (current.lastUpdatedMillis() - nowMs <= AHEAD_MS_MAX) {
      return;
    }
    LOG.warn(
        "last commit lies in the future, the clock was set back: moving its time table={} ahead_ms={}",
        table.name(),
        current.lastUpdatedMillis() - nowMs);
    operations.commit(current, atMost(current, nowMs));
    table.refresh();
  }

  private static TableMetadata atMost(TableMetadata metadata, long ms) {
    try {
      ObjectNode root = (ObjectNode) JSON.readTree(TableMetadataParser.toJson(metadata));
      // The file that is replaced takes its place in the history, to be deleted in its turn.
      root.withArray("metadata-log")
          .addObject()
          .put("timestamp-ms", metadata.lastUpdatedMillis())
          .put("metadata-file", metadata.metadataFileLocation());
      for (String log : List.of("snapshot-log", "metadata-log")) {
        if (root.get(log) instanceof ArrayNode entries) {
          for (JsonNode entry : entries) {
            ((ObjectNode) entry)
                .put("timestamp-ms", Math.min(ms, entry.required("timestamp-ms").asLong()));
          }
        }
      }
      root.put("last-updated-ms", ms);
      return TableMetadataParser.fromJson(JSON.writeValueAsString(root));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("metadata that is no JSON: " + metadata, e);
    }
  }
}
