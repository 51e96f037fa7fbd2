package io.tidemark.sql.function;

import io.tidemark.model.error.TidemarkException;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.catalog.DataTypeFactory;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.types.inference.TypeInference;
import org.apache.flink.table.types.inference.TypeStrategies;
import org.jspecify.annotations.Nullable;

/**
 * {@code AS_VECTOR(v)}: any numbers as ARRAY&lt;FLOAT&gt; NOT NULL, which is what Flink wants of a
 * query vector if the column it searches is NOT NULL.
 */
public final class AsVectorFunction extends VectorFunction {
  private static final long serialVersionUID = 1L;

  public AsVectorFunction() {
    super(1, false, DataTypes.ARRAY(DataTypes.FLOAT()).bridgedTo(ArrayData.class));
  }

  @Override
  VectorFunction instance() {
    return new AsVectorFunction();
  }

  @Override
  public TypeInference getTypeInference(DataTypeFactory types) {
    return TypeInference.newBuilder()
        .inputTypeStrategy(VectorArgument.arguments(1, false))
        .outputTypeStrategy(
            TypeStrategies.explicit(
                DataTypes.ARRAY(DataTypes.FLOAT()).notNull().bridgedTo(ArrayData.class)))
        .build();
  }

  /**
   * @throws TidemarkException 1100 if the vector is NULL
   */
  public ArrayData eval(@Nullable ArrayData vector) {
    if (vector == null) {
      throw TidemarkException.invalid(
          "AS_VECTOR of NULL, expected a vector; leave such rows out, WHERE … IS NOT NULL");
    }
    return new GenericArrayData(reader(0).floats(vector));
  }
}
