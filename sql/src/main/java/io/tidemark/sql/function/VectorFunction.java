package io.tidemark.sql.function;

import io.tidemark.model.error.TidemarkException;
import java.util.List;
import org.apache.flink.table.catalog.DataTypeFactory;
import org.apache.flink.table.functions.ScalarFunction;
import org.apache.flink.table.functions.SpecializedFunction;
import org.apache.flink.table.functions.UserDefinedFunction;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.inference.TypeInference;
import org.apache.flink.table.types.inference.TypeStrategies;
import org.apache.flink.table.types.logical.LogicalTypeRoot;

/**
 * A scalar function of one or two vectors. A NULL vector gives NULL. Each call in a query gets an
 * instance that knows its arguments' types.
 *
 * <p>Public, as what Flink's generated code calls; meant for this package's functions.
 */
public abstract class VectorFunction extends ScalarFunction implements SpecializedFunction {
  private static final long serialVersionUID = 1L;

  private final int arguments;
  private final boolean bits;
  private final DataType result;
  private List<VectorReader> readers = List.of();

  VectorFunction(int arguments, boolean bits, DataType result) {
    this.arguments = arguments;
    this.bits = bits;
    this.result = result;
  }

  /** A new one of the same class. */
  abstract VectorFunction instance();

  @Override
  public TypeInference getTypeInference(DataTypeFactory types) {
    return TypeInference.newBuilder()
        .inputTypeStrategy(VectorArgument.arguments(arguments, bits))
        .outputTypeStrategy(TypeStrategies.nullableIfArgs(TypeStrategies.explicit(result)))
        .build();
  }

  @Override
  public UserDefinedFunction specialize(SpecializedContext context) {
    VectorFunction special = instance();
    special.readers =
        context.getCallContext().getArgumentDataTypes().stream()
            .map(type -> new VectorReader(type.getLogicalType()))
            .toList();
    return special;
  }

  /** Flink folds a constant FLOAT into a literal of seven digits, which loses its last bit. */
  @Override
  public boolean supportsConstantFolding() {
    return !result.getLogicalType().is(LogicalTypeRoot.FLOAT);
  }

  final VectorReader reader(int argument) {
    return readers.get(argument);
  }

  /**
   * @throws TidemarkException 1100 if they differ
   */
  static void checkSame(int a, int b) {
    if (a != b) {
      throw TidemarkException.invalid(
          "vectors of " + a + " and " + b + " elements, expected two of one dimension");
    }
  }
}
