package io.tidemark.sql.model;

import io.tidemark.model.embedding.Embedders;
import io.tidemark.model.error.TidemarkException;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.ResolvedCatalogModel;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.table.factories.ModelProviderFactory;
import org.apache.flink.table.ml.ModelProvider;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeFamily;
import org.apache.flink.table.types.logical.LogicalTypeRoot;

/**
 * {@code CREATE MODEL m INPUT (text STRING) OUTPUT (v ARRAY<FLOAT>) WITH
 * ('provider'='tidemark-onnx')}: the embedding models that run on this machine. Found by name
 * through Flink's service loading.
 */
public final class OnnxModelFactory implements ModelProviderFactory {
  public static final String IDENTIFIER = "tidemark-onnx";

  private static final int BATCH_MAX = 1024;

  @Override
  public String factoryIdentifier() {
    return IDENTIFIER;
  }

  @Override
  public Set<ConfigOption<?>> requiredOptions() {
    return Set.of();
  }

  @Override
  public Set<ConfigOption<?>> optionalOptions() {
    return Set.of(ModelOptions.MODEL, ModelOptions.TASK, ModelOptions.BATCH_SIZE);
  }

  /**
   * Checks the model's declaration; loads nothing.
   *
   * @throws ValidationException naming the option or column that is wrong, and what there is
   */
  @Override
  public ModelProvider createModelProvider(Context context) {
    FactoryUtil.ModelProviderFactoryHelper helper =
        FactoryUtil.createModelProviderFactoryHelper(this, context);
    helper.validate();
    ReadableConfig options = helper.getOptions();
    String name = context.getObjectIdentifier().asSummaryString();
    String task = options.get(ModelOptions.TASK);
    if (!task.equalsIgnoreCase("embedding")) {
      throw new ValidationException(
          "model " + name + ": 'task' is '" + task + "', expected 'embedding'");
    }
    int batchSize = options.get(ModelOptions.BATCH_SIZE);
    if (batchSize < 1 || batchSize > BATCH_MAX) {
      throw new ValidationException(
          "model " + name + ": 'batch-size' is " + batchSize + ", expected 1 to " + BATCH_MAX);
    }
    String model = options.get(ModelOptions.MODEL);
    try {
      Embedders.of(model);
    } catch (TidemarkException e) {
      throw new ValidationException("model " + name + ": 'model': " + e.getMessage(), e);
    }
    checkColumns(name, context.getCatalogModel());
    return new OnnxModel(model, batchSize);
  }

  private static void checkColumns(String name, ResolvedCatalogModel model) {
    Column input = only(name, "INPUT", "text STRING", model.getResolvedInputSchema());
    if (!input.getDataType().getLogicalType().is(LogicalTypeFamily.CHARACTER_STRING)) {
      throw wrong(name, "INPUT", input, "STRING");
    }
    Column output = only(name, "OUTPUT", "embedding ARRAY<FLOAT>", model.getResolvedOutputSchema());
    LogicalType type = output.getDataType().getLogicalType();
    if (!(type instanceof ArrayType array) || !array.getElementType().is(LogicalTypeRoot.FLOAT)) {
      throw wrong(name, "OUTPUT", output, "ARRAY<FLOAT>");
    }
  }

  private static Column only(String name, String side, String example, ResolvedSchema schema) {
    if (schema.getColumnCount() != 1) {
      throw new ValidationException(
          "model "
              + name
              + ": "
              + side
              + " has "
              + schema.getColumnCount()
              + " columns "
              + schema.getColumnNames()
              + ", expected 1, as "
              + side
              + " ("
              + example
              + ")");
    }
    return schema.getColumns().getFirst();
  }

  private static ValidationException wrong(
      String name, String side, Column column, String expected) {
    return new ValidationException(
        "model "
            + name
            + ": "
            + side
            + " column '"
            + column.getName()
            + "' is "
            + column.getDataType().getLogicalType()
            + ", expected "
            + expected);
  }
}
