package io.tidemark.connectors.source;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/**
 * What a checkpoint keeps of the enumerator.
 *
 * @param planned whether the read was planned: then splits not among these are the readers'
 * @param waiting splits that no reader has
 */
public record PlanState(boolean planned, List<ScanSplit> waiting) {
  public PlanState {
    waiting = List.copyOf(waiting);
  }

  /** Version 1, big-endian: whether planned, the number of splits, each as {@link SplitCodec}. */
  static final class Codec implements SimpleVersionedSerializer<PlanState> {
    @Override
    public int getVersion() {
      return SplitCodec.VERSION;
    }

    @Override
    public byte[] serialize(PlanState state) throws IOException {
      DataOutputSerializer out = new DataOutputSerializer(256);
      out.writeBoolean(state.planned());
      out.writeInt(state.waiting().size());
      for (ScanSplit split : state.waiting()) {
        SplitCodec.write(split, out);
      }
      return out.getCopyOfBuffer();
    }

    @Override
    public PlanState deserialize(int version, byte[] bytes) throws IOException {
      SplitCodec.check(version);
      DataInputDeserializer in = new DataInputDeserializer(bytes);
      boolean planned = in.readBoolean();
      List<ScanSplit> waiting = new ArrayList<>();
      for (int left = in.readInt(); left > 0; left--) {
        waiting.add(SplitCodec.read(in));
      }
      return new PlanState(planned, waiting);
    }
  }
}
