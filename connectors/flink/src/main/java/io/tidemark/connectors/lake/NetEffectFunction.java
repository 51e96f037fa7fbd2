package io.tidemark.connectors.lake;

import io.tidemark.model.log.LogRecord;
import io.tidemark.model.log.NetChange;
import io.tidemark.model.schema.CollectionSchema;
import java.io.Serializable;
import java.util.List;

/**
 * How a window's records come to a net change; the algorithm lives with the other algorithms, the
 * job plugs it in.
 */
@FunctionalInterface
public interface NetEffectFunction extends Serializable {
  NetChange of(List<LogRecord.Channel> inOrder, CollectionSchema schema);
}
