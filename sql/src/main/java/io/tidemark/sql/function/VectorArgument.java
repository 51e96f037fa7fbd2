package io.tidemark.sql.function;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.functions.FunctionDefinition;
import org.apache.flink.table.types.CollectionDataType;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.inference.ArgumentTypeStrategy;
import org.apache.flink.table.types.inference.CallContext;
import org.apache.flink.table.types.inference.InputTypeStrategies;
import org.apache.flink.table.types.inference.InputTypeStrategy;
import org.apache.flink.table.types.inference.Signature;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeFamily;
import org.apache.flink.table.types.logical.LogicalTypeRoot;

/**
 * What is taken for a vector: an ARRAY of any number type, and, where {@code bits} are meant, BYTES
 * and ARRAY&lt;BOOLEAN&gt; too. It reaches the function as Flink holds it, without a copy.
 */
record VectorArgument(boolean bits) implements ArgumentTypeStrategy {
  /** {@code count} arguments that are all vectors. */
  static InputTypeStrategy arguments(int count, boolean bits) {
    ArgumentTypeStrategy vector = new VectorArgument(bits);
    List<String> names =
        IntStream.range(0, count).mapToObj(i -> String.valueOf((char) ('a' + i))).toList();
    return InputTypeStrategies.sequence(
        count == 1 ? List.of("vector") : names,
        IntStream.range(0, count).mapToObj(i -> vector).toList());
  }

  @Override
  public Optional<DataType> inferArgumentType(CallContext call, int position, boolean fail) {
    DataType given = call.getArgumentDataTypes().get(position);
    LogicalType type = given.getLogicalType();
    if (type.is(LogicalTypeRoot.NULL)) {
      return Optional.of(DataTypes.ARRAY(DataTypes.FLOAT()).bridgedTo(ArrayData.class));
    }
    if (given instanceof CollectionDataType array && type.is(LogicalTypeRoot.ARRAY)) {
      LogicalType element = array.getElementDataType().getLogicalType();
      if (element.is(LogicalTypeFamily.NUMERIC) || (bits && element.is(LogicalTypeRoot.BOOLEAN))) {
        return Optional.of(given.bridgedTo(ArrayData.class));
      }
    }
    if (bits && type.is(LogicalTypeFamily.BINARY_STRING)) {
      return Optional.of(given.bridgedTo(byte[].class));
    }
    return call.fail(
        fail,
        "argument %d of %s is %s, expected %s",
        position + 1,
        call.getName(),
        type,
        expected());
  }

  private String expected() {
    return bits
        ? "BYTES, ARRAY<BOOLEAN> or an ARRAY of numbers"
        : "ARRAY<FLOAT> or an ARRAY of other numbers; VECTOR_PARSE makes one of a STRING";
  }

  @Override
  public Signature.Argument getExpectedArgument(FunctionDefinition function, int position) {
    return Signature.Argument.of(bits ? "<bits>" : "<vector>");
  }
}
