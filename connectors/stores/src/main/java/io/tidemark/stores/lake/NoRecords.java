package io.tidemark.stores.lake;

import org.apache.iceberg.shaded.org.apache.parquet.io.api.Converter;
import org.apache.iceberg.shaded.org.apache.parquet.io.api.GroupConverter;
import org.apache.iceberg.shaded.org.apache.parquet.io.api.PrimitiveConverter;

/** Parquet's column readers want converters that assemble records; we take values instead. */
final class NoRecords extends GroupConverter {
  static final NoRecords ROOT = new NoRecords();

  private static final Converter LEAF =
      new PrimitiveConverter() {
        @Override
        public GroupConverter asGroupConverter() {
          return ROOT;
        }
      };

  private NoRecords() {}

  @Override
  public Converter getConverter(int fieldIndex) {
    return LEAF;
  }

  @Override
  public void start() {}

  @Override
  public void end() {}
}
