package io.tidemark.jobs.reembed;

import io.tidemark.jobs.run.JobOption;
import io.tidemark.jobs.run.OptionValues;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import java.io.Serializable;
import java.util.List;
import java.util.Map;

/**
 * What a run of the re-embedding job is asked for.
 *
 * @param from the text field
 * @param into the vector field
 * @param model by name
 * @param batch texts embedded at once
 * @param all whether rows that have a vector get another
 * @param parallelism segments at once
 * @param threads of an index build
 * @param segmentRows files that are no segment yet are rewritten together up to this
 * @param indexRowsMin fewer rows get no index
 */
record ReembedOptions(
    String from,
    String into,
    String model,
    int batch,
    boolean all,
    int parallelism,
    int threads,
    int segmentRows,
    int indexRowsMin)
    implements Serializable {
  private static final int BATCH_MAX = 10_000;

  static final List<JobOption> ALL =
      List.of(
          new JobOption("from", "FIELD", "", "the text field to read"),
          new JobOption("into", "FIELD", "", "the nullable vector field to fill"),
          new JobOption("model", "NAME", "all-minilm-l6-v2", "the embedding model"),
          new JobOption("batch", "N", "64", "texts embedded at once"),
          JobOption.flag("again", "embed rows anew that have a vector"),
          new JobOption("parallelism", "N", "1", "segments at once"),
          new JobOption("threads", "N", "all cores", "threads of each index build"),
          new JobOption("segment-rows", "N", "100000", "loose files are rewritten up to this"),
          new JobOption("index-rows-min", "N", "1024", "fewer rows get no index"));

  /**
   * @throws TidemarkException INVALID_PARAMETER for what is missing or out of its range
   */
  static ReembedOptions parse(Map<String, String> given) {
    OptionValues values = new OptionValues("reembed", given);
    return new ReembedOptions(
        required(given, "from"),
        required(given, "into"),
        values.text("model", "the name of an embedding model").orElse("all-minilm-l6-v2"),
        values.number("batch", 64, 1, BATCH_MAX),
        values.flag("again", false),
        values.parallelism(),
        values.threads(),
        values.number("segment-rows", 100_000, 1, Integer.MAX_VALUE),
        values.number("index-rows-min", 1024, 1, Integer.MAX_VALUE));
  }

  private static String required(Map<String, String> given, String name) {
    String value = given.get(name);
    if (value == null || value.isBlank()) {
      throw TidemarkException.invalid("reembed: give the option " + name + ", a field's name");
    }
    return value;
  }

  /**
   * @throws TidemarkException INVALID_PARAMETER unless there is such a VARCHAR field
   */
  FieldSchema text(CollectionInfo collection) {
    FieldSchema field = field(collection, from);
    if (field.type() != DataType.VARCHAR) {
      throw TidemarkException.invalid(
          "reembed: field " + from + " is " + field.type() + ", expected VARCHAR");
    }
    return field;
  }

  /**
   * @param dimension the model's
   * @throws TidemarkException INVALID_PARAMETER unless there is such a vector field with it
   */
  FieldSchema vector(CollectionInfo collection, int dimension) {
    FieldSchema field = field(collection, into);
    boolean ofFloats = field.type() == DataType.FLOAT_VECTOR || field.type().isHalfVector();
    if (!ofFloats || field.dimension() != dimension) {
      throw TidemarkException.invalid(
          "reembed: field "
              + into
              + " is "
              + field.type()
              + (field.type().isVector() ? " of dimension " + field.dimension() : "")
              + ", model "
              + model
              + " gives float vectors of dimension "
              + dimension
              + "; add a field for them");
    }
    return field;
  }

  private static FieldSchema field(CollectionInfo collection, String name) {
    return collection
        .schema()
        .field(name)
        .orElseThrow(() ->
            TidemarkException.invalid(
                "reembed: collection "
                    + collection.name()
                    + " has no field "
                    + name
                    + " in its schema; it has "
                    + collection.schema().fields().stream().map(FieldSchema::name).toList()
                    + ", dynamic ones have no type to read"));
  }
}
