package io.tidemark.stores.record;

import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.shaded.org.apache.parquet.hadoop.CodecFactory;
import org.apache.iceberg.shaded.org.apache.parquet.hadoop.metadata.CompressionCodecName;

/**
 * Parquet keeps each codec for the life of the process, with the configuration, and so the class
 * loader, of whoever needed it first. In a Flink task that is the job's loader, which is closed
 * when the job ends: from then on nobody could read. Therefore they are made here, before any task
 * needs one, with a configuration that asks no class loader. Thread-safe.
 */
public final class ParquetCodecs {
  static {
    CodecFactory factory = new CodecFactory(new Configuration(false), 0);
    for (CompressionCodecName codec :
        List.of(
            CompressionCodecName.ZSTD, CompressionCodecName.SNAPPY, CompressionCodecName.GZIP)) {
      var unused = factory.getDecompressor(codec);
    }
    factory.release();
  }

  private ParquetCodecs() {}

  /** Makes them, the first time. */
  public static void settle() {
    // Done by the class's initialisation.
  }
}
