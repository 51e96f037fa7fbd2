package io.tidemark.sql.table;

import io.tidemark.sql.search.SearchOptions;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;

/** All options that tables take, of all the classes that define them. */
public final class TableOptions {
  private static final List<Class<?>> CLASSES =
      List.of(TidemarkOptions.class, SinkOptions.class, SourceOptions.class, SearchOptions.class);

  private TableOptions() {}

  /** The classes, in the order in which people should meet them. */
  public static List<Class<?>> classes() {
    return CLASSES;
  }

  /** In the order of their definition. */
  public static List<ConfigOption<?>> all() {
    List<ConfigOption<?>> options = new ArrayList<>();
    CLASSES.forEach(defining -> options.addAll(of(defining)));
    return options;
  }

  /** The public constants of that class. */
  public static List<ConfigOption<?>> of(Class<?> defining) {
    List<ConfigOption<?>> options = new ArrayList<>();
    for (Field field : defining.getDeclaredFields()) {
      if (Modifier.isPublic(field.getModifiers())
          && Modifier.isStatic(field.getModifiers())
          && field.getType() == ConfigOption.class) {
        try {
          options.add((ConfigOption<?>) field.get(null));
        } catch (IllegalAccessException e) {
          throw new IllegalStateException(field + " is public", e);
        }
      }
    }
    return options;
  }
}
