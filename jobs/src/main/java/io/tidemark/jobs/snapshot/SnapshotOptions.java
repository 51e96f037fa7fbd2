package io.tidemark.jobs.snapshot;

import io.tidemark.jobs.run.OptionValues;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.schema.FieldSchema;
import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.lake.LocalFileIO;
import io.tidemark.stores.lake.SnapshotTag;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.io.FileIO;
import org.jspecify.annotations.Nullable;

/** A run's options, read. */
record SnapshotOptions(SnapshotAction action, Map<String, String> given, OptionValues values) {
  private static final Duration WAIT = Duration.ofSeconds(60);

  static SnapshotOptions of(Map<String, String> options) {
    SnapshotAction action = SnapshotAction.of(options);
    return new SnapshotOptions(
        action, Map.copyOf(options), new OptionValues("snapshot " + action.command(), options));
  }

  /**
   * Reads everything that can be told without the lake, also what this run may not come to need.
   *
   * @param all whether the run is over all collections
   * @throws TidemarkException INVALID_PARAMETER
   */
  void check(boolean all) {
    given.keySet().forEach(name -> values.text(name, "a value"));
    flush();
    patience();
    switch (action) {
      case LIST -> {
        // Takes nothing.
      }
      case CREATE -> {
        SnapshotTag.checkName(require("name"));
        snapshotId();
        age();
      }
      case DROP -> require("name");
      case RESTORE -> {
        require("name");
        name(require("as"), CollectionInfo.DEFAULT_DATABASE);
        if (all) {
          throw TidemarkException.invalid("snapshot restore is of one collection: name it");
        }
      }
      case BACKUP -> {
        folder("to");
        text("name").ifPresent(SnapshotTag::checkName);
      }
      case IMPORT -> {
        folder("from");
        text("as").ifPresent(as -> name(as, CollectionInfo.DEFAULT_DATABASE));
      }
    }
  }

  Optional<String> text(String name) {
    return Optional.ofNullable(given.get(name)).filter(value -> !value.isBlank());
  }

  String require(String name) {
    return text(name)
        .orElseThrow(() ->
            TidemarkException.invalid(
                "snapshot " + action.command() + " needs the option " + name));
  }

  boolean flush() {
    return values.flag("flush", true);
  }

  Duration patience() {
    return values.duration("wait", Duration.ZERO).orElse(WAIT);
  }

  @Nullable Duration age() {
    return values.duration("age", Duration.ofSeconds(1)).orElse(null);
  }

  Optional<Long> snapshotId() {
    return given.containsKey("snapshot")
        ? Optional.of(values.number("snapshot", 0, 0, Long.MAX_VALUE))
        : Optional.empty();
  }

  /** A database and a collection in it. */
  record Name(String database, String collection) {}

  /** {@code NAME}, {@code DATABASE/NAME} or {@code DATABASE.NAME}. */
  static Name name(String text, String otherwise) {
    int split = Math.max(text.indexOf('/'), text.indexOf('.'));
    String database =
        split < 0 ? otherwise : FieldSchema.checkName("database", text.substring(0, split));
    String collection = text.substring(split + 1);
    if (!collection.matches("[A-Za-z_][A-Za-z0-9_]{0,254}")) {
      throw TidemarkException.invalid(
          "collection name '"
              + collection
              + "' is invalid: expected up to 255 letters, digits or '_', the first no digit");
    }
    return new Name(database, collection);
  }

  /**
   * A folder's location: a URI, or an absolute path of the machine where the job runs.
   *
   * @throws TidemarkException INVALID_PARAMETER for a relative path
   */
  String folder(String option) {
    String value = require(option).replaceAll("(?<=[^/:])/+$", "");
    if (value.matches("[A-Za-z][A-Za-z0-9+.-]+:.*")) {
      return value;
    }
    if (!Path.of(value).isAbsolute()) {
      throw TidemarkException.invalid(
          option + " is '" + value + "', expected an absolute path or a URI");
    }
    return "file://" + Path.of(value).normalize();
  }

  static FileIO io(Lake lake, String location) {
    return location.startsWith("file:") ? new LocalFileIO() : lake.registry().io();
  }
}
