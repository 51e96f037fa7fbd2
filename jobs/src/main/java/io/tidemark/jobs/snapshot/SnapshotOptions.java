package io.tidemark.jobs.snapshot;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.lake.LocalFileIO;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.iceberg.io.FileIO;
import org.jspecify.annotations.Nullable;

/** A run's options, read. */
record SnapshotOptions(SnapshotAction action, Map<String, String> given) {
  private static final Duration WAIT = Duration.ofSeconds(60);
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})\\s*(s|m|h|d)");

  static SnapshotOptions of(Map<String, String> options) {
    return new SnapshotOptions(SnapshotAction.of(options), Map.copyOf(options));
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
    String value = given.getOrDefault("flush", "true");
    if (!value.equals("true") && !value.equals("false")) {
      throw TidemarkException.invalid("flush is '" + value + "', expected true or false");
    }
    return Boolean.parseBoolean(value);
  }

  Duration patience() {
    return text("wait").map(value -> duration("wait", value)).orElse(WAIT);
  }

  @Nullable Duration age() {
    return text("age").map(value -> duration("age", value)).orElse(null);
  }

  Optional<Long> snapshotId() {
    Optional<String> value = text("snapshot");
    if (value.isPresent() && !value.get().matches("\\d{1,19}")) {
      throw TidemarkException.invalid(
          "snapshot is '" + value.get() + "', expected the id of an Iceberg snapshot");
    }
    return value.map(Long::parseLong);
  }

  private static Duration duration(String name, String value) {
    Matcher matcher = DURATION.matcher(value.trim());
    if (!matcher.matches()) {
      throw TidemarkException.invalid(
          name + " is '" + value + "', expected a duration such as 90s, 15m, 24h, 7d");
    }
    long amount = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      case "h" -> Duration.ofHours(amount);
      default -> Duration.ofDays(amount);
    };
  }

  /** A database and a collection in it. */
  record Name(String database, String collection) {}

  /** {@code NAME}, {@code DATABASE/NAME} or {@code DATABASE.NAME}. */
  static Name name(String text, String otherwise) {
    int split = Math.max(text.indexOf('/'), text.indexOf('.'));
    String database = split < 0 ? otherwise : text.substring(0, split);
    String collection = text.substring(split + 1);
    if (!collection.matches("[A-Za-z_][A-Za-z0-9_]{0,254}")) {
      throw TidemarkException.invalid(
          "collection name '"
              + collection
              + "' is invalid: expected up to 255 letters, digits or '_', the first no digit");
    }
    return new Name(database.isEmpty() ? CollectionInfo.DEFAULT_DATABASE : database, collection);
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
