package io.tidemark.jobs.coordinate.schedule;

import io.tidemark.jobs.MaintenanceJobs;
import io.tidemark.jobs.run.JobKind;
import io.tidemark.model.error.TidemarkException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Reads schedules from a YAML file:
 *
 * <pre>
 * nightly-compaction:        # a name of your choice: letters, digits, '-' and '_'
 *   kind: compact            # index, compact, reindex, reembed, expire or snapshot
 *   every: 1d                # a number and s, m, h or d
 *   at: "03:00"              # optional, UTC: the times are counted from here, else from the last run
 *   collections: [books, shop/items]    # optional, 'all' by default
 *   options:                 # optional: the job's own
 *     parallelism: 2
 *   enabled: true            # optional
 * </pre>
 *
 * Without a file there is {@link #DEFAULTS}. A schedule of the same name as a default replaces it.
 */
public final class Schedules {
  /** Expiry, which trims the log too, each hour. Compaction and indexes go by need. */
  public static final List<Schedule> DEFAULTS =
      List.of(new Schedule("expire", JobKind.EXPIRE, 3_600_000, null, List.of(), Map.of(), true));

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");
  private static final Pattern EVERY = Pattern.compile("(\\d{1,6})\\s*([smhd])");
  private static final Pattern COLLECTION = Pattern.compile("(\\w{1,255}/)?\\w{1,255}");
  private static final String ALL = "all";
  private static final String KEYS = "kind, every, at, collections, options, enabled";

  private final String source;

  private Schedules(String source) {
    this.source = source;
  }

  /**
   * The defaults and what the file adds or replaces.
   *
   * @throws TidemarkException INVALID_PARAMETER with line, key, value and what is allowed
   */
  public static List<Schedule> load(Path file) {
    try {
      return parse(String.valueOf(file.getFileName()), Files.readString(file));
    } catch (NoSuchFileException e) {
      throw TidemarkException.invalid(
          "schedules: there is no file " + file.toAbsolutePath().normalize());
    } catch (CharacterCodingException e) {
      throw TidemarkException.invalid(
          "schedules: " + file + " is no text in UTF-8, so it is no YAML either");
    } catch (IOException e) {
      throw TidemarkException.invalid("schedules: cannot read " + file + " (" + e + ")");
    }
  }

  /**
   * As {@link #load}.
   *
   * @param source what errors call the text
   */
  public static List<Schedule> parse(String source, String yaml) {
    return new Schedules(source).parse(yaml);
  }

  private List<Schedule> parse(String yaml) {
    Map<String, Schedule> schedules = new LinkedHashMap<>();
    DEFAULTS.forEach(schedule -> schedules.put(schedule.name(), schedule));
    Optional<Node> root;
    try {
      root = new Compose(LoadSettings.builder().setLabel(source).build()).composeString(yaml);
    } catch (YamlEngineException e) {
      throw TidemarkException.invalid("schedules: " + source + " is no YAML: " + e.getMessage());
    } catch (StackOverflowError e) {
      throw TidemarkException.invalid("schedules: " + source + " is nested too deeply");
    }
    if (root.isEmpty()) {
      return List.copyOf(schedules.values());
    }
    mapping("the file", root.get())
        .forEach((name, value) -> {
          if (!NAME.matcher(name).matches()) {
            throw wrong(value, "name", name, "1 to 64 letters, digits, '-' or '_'");
          }
          schedules.put(name, schedule(name, value));
        });
    return List.copyOf(schedules.values());
  }

  private Schedule schedule(String name, Node node) {
    Map<String, Node> keys = mapping(name, node);
    Set<String> unknown = new HashSet<>(keys.keySet());
    unknown.removeAll(Set.of("kind", "every", "at", "collections", "options", "enabled"));
    for (String key : unknown) {
      throw wrong(node(keys, key, node), name + "." + key, "", "one of " + KEYS);
    }
    Schedule schedule =
        new Schedule(
            name,
            kind(name, node, keys.get("kind")),
            every(name, node, keys.get("every")),
            at(name, keys.get("at")),
            collections(name, keys.get("collections")),
            options(name, keys.get("options")),
            enabled(name, keys.get("enabled")));
    try {
      MaintenanceJobs.of(schedule.kind())
          .check(schedule.options(), schedule.collections().isEmpty());
    } catch (TidemarkException e) {
      throw TidemarkException.invalid(
          "schedules: " + source + line(node) + ": " + name + ": " + e.getMessage());
    }
    return schedule;
  }

  private static Node node(Map<String, Node> keys, String key, Node otherwise) {
    Node node = keys.get(key);
    return node == null ? otherwise : node;
  }

  private JobKind kind(String name, Node whole, @Nullable Node node) {
    String key = name + ".kind";
    String text = node == null ? "" : scalar(key, node);
    try {
      return JobKind.ofCommand(text);
    } catch (IllegalArgumentException e) {
      throw wrong(
          node == null ? whole : node,
          key,
          text,
          "one of index, compact, reindex, reembed, expire, snapshot");
    }
  }

  private long every(String name, Node whole, @Nullable Node node) {
    String key = name + ".every";
    String text = node == null ? "" : scalar(key, node);
    Matcher parts = EVERY.matcher(text);
    String allowed = "a number above 0 and a unit, s, m, h or d, such as 6h";
    if (!parts.matches()) {
      throw wrong(node == null ? whole : node, key, text, allowed);
    }
    long number = Long.parseLong(parts.group(1));
    Duration every =
        switch (parts.group(2)) {
          case "s" -> Duration.ofSeconds(number);
          case "m" -> Duration.ofMinutes(number);
          case "h" -> Duration.ofHours(number);
          default -> Duration.ofDays(number);
        };
    if (every.toMillis() < Schedule.EVERY_MS_MIN) {
      throw wrong(node == null ? whole : node, key, text, allowed);
    }
    return every.toMillis();
  }

  private @Nullable String at(String name, @Nullable Node node) {
    if (node == null) {
      return null;
    }
    String text = scalar(name + ".at", node);
    try {
      return LocalTime.parse(text).toString();
    } catch (DateTimeException e) {
      throw wrong(node, name + ".at", text, "a time of day in UTC such as \"03:00\", in quotes");
    }
  }

  private List<String> collections(String name, @Nullable Node node) {
    if (node == null) {
      return List.of();
    }
    String key = name + ".collections";
    String allowed = "all, or a list of names such as [books, shop/items]";
    if (node instanceof ScalarNode scalar) {
      if (scalar.getValue().equals(ALL)) {
        return List.of();
      }
      throw wrong(node, key, scalar.getValue(), allowed);
    }
    if (!(node instanceof SequenceNode list) || list.getValue().isEmpty()) {
      throw wrong(node, key, "", allowed);
    }
    List<String> names = new ArrayList<>();
    for (Node element : list.getValue()) {
      String collection = scalar(key, element);
      if (!COLLECTION.matcher(collection).matches() || names.contains(collection)) {
        throw wrong(element, key, collection, "a collection's NAME or DATABASE/NAME, given once");
      }
      names.add(collection);
    }
    return names;
  }

  private Map<String, String> options(String name, @Nullable Node node) {
    Map<String, String> options = new TreeMap<>();
    if (node != null) {
      mapping(name + ".options", node)
          .forEach((key, value) -> options.put(key, scalar(name + ".options." + key, value)));
    }
    return options;
  }

  private boolean enabled(String name, @Nullable Node node) {
    if (node == null) {
      return true;
    }
    String text = scalar(name + ".enabled", node);
    if (!text.equals("true") && !text.equals("false")) {
      throw wrong(node, name + ".enabled", text, "true or false");
    }
    return text.equals("true");
  }

  private Map<String, Node> mapping(String key, Node node) {
    if (!(node instanceof MappingNode mapping)) {
      throw wrong(
          node, key, node instanceof ScalarNode scalar ? scalar.getValue() : "", "keys and values");
    }
    Map<String, Node> entries = new LinkedHashMap<>();
    for (NodeTuple entry : mapping.getValue()) {
      String name = scalar(key, entry.getKeyNode());
      if (entries.put(name, entry.getValueNode()) != null) {
        throw wrong(entry.getKeyNode(), key + "." + name, "", "given once");
      }
    }
    return entries;
  }

  private String scalar(String key, Node node) {
    if (!(node instanceof ScalarNode scalar)) {
      throw wrong(node, key, "", "a single value");
    }
    return scalar.getValue();
  }

  private static String line(Node node) {
    return node.getStartMark().map(mark -> " line " + (mark.getLine() + 1)).orElse("");
  }

  private TidemarkException wrong(Node node, String key, String value, String allowed) {
    return TidemarkException.invalid(
        "schedules: "
            + source
            + line(node)
            + ": "
            + key
            + " is '"
            + value
            + "', allowed is "
            + allowed);
  }
}
