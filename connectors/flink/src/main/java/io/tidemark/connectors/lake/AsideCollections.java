package io.tidemark.connectors.lake;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.tidemark.model.control.ControlKeys;
import io.tidemark.model.control.ControlStore;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shards whose table cannot take what the log holds for it, kept in the control store with the
 * reason and the range of the log that is missing in the table, so that they do not hold back the
 * others and nothing is forgotten. The next start without a checkpoint tries them again.
 */
public final class AsideCollections {
  private static final Logger LOG = LoggerFactory.getLogger(AsideCollections.class);
  private static final JsonMapper JSON = new JsonMapper();

  private AsideCollections() {}

  /**
   * What is missing in a table.
   *
   * @param from hybrid, the table's position
   * @param to hybrid, the last that was skipped so far
   */
  public record Range(long from, long to, String reason) {}

  private static String key(long collectionId, int shard) {
    return ControlKeys.ASIDE + collectionId + "/" + shard;
  }

  public static Optional<Range> of(ControlStore control, long collectionId, int shard) {
    return control.get(key(collectionId, shard)).map(AsideCollections::parse);
  }

  /** Sets a shard aside, or extends the range of one that is. */
  public static void put(
      ControlStore control, long collectionId, int shard, long from, long to, String reason) {
    Optional<Range> known = of(control, collectionId, shard);
    Range range =
        new Range(known.map(Range::from).orElse(from), to, known.map(Range::reason).orElse(reason));
    if (known.isEmpty()) {
      LOG.error(
          "shard set aside, the log from its position is kept collection={} shard={} from={} reason={}",
          collectionId,
          shard,
          from,
          reason);
    }
    try {
      control.put(key(collectionId, shard), JSON.writeValueAsString(range));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a log range that is no JSON: " + range, e);
    }
  }

  /** Its table is complete again. */
  public static void clear(ControlStore control, long collectionId, int shard) {
    if (control.get(key(collectionId, shard)).isPresent()) {
      control.delete(key(collectionId, shard));
      LOG.info("shard is no longer set aside collection={} shard={}", collectionId, shard);
    }
  }

  /** Whether any shard is set aside. */
  public static boolean any(ControlStore control) {
    return !control.list(ControlKeys.ASIDE).isEmpty();
  }

  /** The lowest position of all that are set aside, {@link Long#MAX_VALUE} if none is. */
  public static long lowestPosition(ControlStore control) {
    return control.list(ControlKeys.ASIDE).values().stream()
        .mapToLong(value -> parse(value).from())
        .min()
        .orElse(Long.MAX_VALUE);
  }

  private static Range parse(String value) {
    try {
      return JSON.readValue(value, Range.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the control store holds no log range but: " + value, e);
    }
  }
}
