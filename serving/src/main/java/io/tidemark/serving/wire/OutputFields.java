package io.tidemark.serving.wire;

import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.FieldSchema;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a search or query shall give back: {@code *} is every field, a name that is no field is a
 * key of the dynamic field.
 *
 * @param fields to read
 * @param names as clients find them in the answer's {@code output_fields}
 * @param dynamicKeys wanted of the dynamic field; empty for all of them
 */
public record OutputFields(List<FieldSchema> fields, List<String> names, Set<String> dynamicKeys) {
  private static final String ALL = "*";
  private static final Pattern DYNAMIC_KEY =
      Pattern.compile("\\$meta\\[(?:\"([^\"\\[\\]]+)\"|'([^'\\[\\]]+)')]");
  private static final Pattern PLAIN_KEY = Pattern.compile("[^\\s\\[\\]\"'()]+");

  public OutputFields {
    fields = List.copyOf(fields);
    names = List.copyOf(names);
    dynamicKeys = Set.copyOf(dynamicKeys);
  }

  /**
   * @param withPrimaryKey whether the primary key comes along unasked
   * @throws TidemarkException 1100 for a name that is neither a field nor can be a dynamic key
   */
  public static OutputFields resolve(
      List<String> requested, CollectionSchema schema, boolean withPrimaryKey) {
    Set<FieldSchema> fields = new LinkedHashSet<>();
    Set<String> names = new LinkedHashSet<>();
    Set<String> keys = new LinkedHashSet<>();
    boolean wholeDynamic = false;
    for (String untrimmed : requested) {
      String name = untrimmed.trim();
      if (name.equals(ALL)) {
        fields.addAll(schema.fields());
        schema.fields().forEach(field -> names.add(field.name()));
        wholeDynamic = true;
        continue;
      }
      FieldSchema field = schema.field(name).orElse(null);
      if (field == null) {
        String key = dynamicKey(name, schema);
        keys.add(key);
        names.add(key);
        fields.add(schema.dynamicField().orElseThrow());
      } else {
        wholeDynamic |= field.dynamic();
        fields.add(field);
        names.add(name);
      }
    }
    if (withPrimaryKey) {
      fields.add(schema.primaryKey());
      names.add(schema.primaryKey().name());
    }
    return new OutputFields(
        new ArrayList<>(fields), new ArrayList<>(names), wholeDynamic ? Set.of() : keys);
  }

  private static String dynamicKey(String name, CollectionSchema schema) {
    if (!schema.dynamic()) {
      throw TidemarkException.invalid(
          "field "
              + name
              + " not exist, expected one of "
              + schema.fields().stream().map(FieldSchema::name).toList()
              + " or *");
    }
    Matcher matcher = DYNAMIC_KEY.matcher(name);
    if (matcher.matches()) {
      return matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
    }
    if (!PLAIN_KEY.matcher(name).matches()) {
      throw TidemarkException.invalid(
          "parse output field name failed: " + name + ", expected a field, a dynamic key or *");
    }
    return name;
  }

  public List<Integer> ids() {
    return fields.stream().map(FieldSchema::id).toList();
  }
}
