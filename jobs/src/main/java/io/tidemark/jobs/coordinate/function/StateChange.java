package io.tidemark.jobs.coordinate.function;

import io.tidemark.jobs.coordinate.record.RecordJson;
import java.nio.charset.StandardCharsets;
import org.apache.flink.statefun.sdk.java.TypeName;
import org.apache.flink.statefun.sdk.java.types.SimpleType;
import org.apache.flink.statefun.sdk.java.types.Type;
import org.jspecify.annotations.Nullable;

/**
 * What a function shows of its state: an entry of the control store.
 *
 * @param json null to delete it
 */
public record StateChange(String key, @Nullable String json) {
  public static final TypeName EGRESS = TypeName.typeNameOf("tidemark", "state");

  public static final Type<StateChange> TYPE =
      SimpleType.simpleImmutableTypeFrom(
          TypeName.typeNameFromString("io.tidemark/state-change"),
          change -> RecordJson.write(change).getBytes(StandardCharsets.UTF_8),
          bytes -> RecordJson.read(new String(bytes, StandardCharsets.UTF_8), StateChange.class));
}
