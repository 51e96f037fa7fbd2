package io.tidemark.jobs.reembed;

import io.tidemark.jobs.run.JobOption;
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
    return new ReembedOptions(
        required(given, "from"),
        required(given, "into"),
        given.getOrDefault("model", "all-minilm-l6-v2"),
        number(given, "batch", 64),
        Boolean.parseBoolean(given.getOrDefault("again", "false")),
        number(given, "parallelism", 1),
        number(given, "threads", Runtime.getRuntime().availableProcessors()),
        number(given, "segment-rows", 100_000),
        number(given, "index-rows-min", 1024));
  }

  private static String required(Map<String, String> given, String name) {
    String value = given.get(name);
    if (value == null || value.isBlank()) {
      throw TidemarkException.invalid("reembed: give the option " + name + ", a field's name");
    }
    return value;
  }

  private static int number(Map<String, String> given, String name, int otherwise) {
    String text = given.get(name);
    if (text == null) {
      return otherwise;
    }
    int number = 0;
    try {
      number = Integer.parseInt(text);
    } catch (NumberFormatException e) {
      // Said below, as for what is out of range.
    }
    if (number < 1) {
      throw TidemarkException.invalid(
          "reembed: " + name + " is '" + text + "', expected a number from 1");
    }
    return number;
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
    if (field.type() != DataType.FLOAT_VECTOR || field.dimension() != dimension) {
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
                "reembed: collection " + collection.name() + " has no field " + name));
  }
}
