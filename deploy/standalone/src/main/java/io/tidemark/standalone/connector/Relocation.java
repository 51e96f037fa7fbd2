package io.tidemark.standalone.connector;

import java.util.List;
import org.apache.flink.shaded.asm9.org.objectweb.asm.ClassReader;
import org.apache.flink.shaded.asm9.org.objectweb.asm.ClassWriter;
import org.apache.flink.shaded.asm9.org.objectweb.asm.commons.ClassRemapper;
import org.apache.flink.shaded.asm9.org.objectweb.asm.commons.Remapper;

/**
 * Moves packages of libraries below one of ours, so that a Flink that has other versions of them
 * uses its own and we ours. Names are changed in class files and in constants that begin with a
 * moved package, which is how classes are named for reflection. Stateless.
 */
final class Relocation extends Remapper {
  static final String INTO = "io/tidemark/shaded/";

  /** With a slash at the end, so that no package is moved for its name's beginning. */
  private static final List<String> MOVED =
      List.of(
          "org/apache/kafka/",
          "org/apache/flink/connector/kafka/",
          "org/apache/flink/streaming/connectors/kafka/",
          "org/apache/flink/connector/base/",
          "org/apache/flink/dropwizard/",
          "com/codahale/metrics/",
          "org/apache/iceberg/",
          "org/antlr/v4/",
          "io/grpc/",
          "io/perfmark/",
          "io/milvus/",
          "com/google/",
          "com/fasterxml/jackson/");

  Relocation() {
    super(org.apache.flink.shaded.asm9.org.objectweb.asm.Opcodes.ASM9);
  }

  /** Where a file of a library lies now; dots are those of a name, slashes those of a path. */
  String path(String path) {
    return MOVED.stream().anyMatch(path::startsWith) ? INTO + path : path;
  }

  /** The name of a class, or of what begins like one. */
  String name(String name) {
    boolean moved = MOVED.stream().anyMatch(each -> name.startsWith(each.replace('/', '.')));
    return moved ? INTO.replace('/', '.') + name : name;
  }

  byte[] classFile(byte[] bytes) {
    ClassWriter writer = new ClassWriter(0);
    new ClassReader(bytes).accept(new ClassRemapper(writer, this), 0);
    return writer.toByteArray();
  }

  @Override
  public String map(String internalName) {
    return path(internalName);
  }

  @Override
  public Object mapValue(Object value) {
    return value instanceof String text
        ? text.indexOf('/') < 0 ? name(text) : path(text)
        : super.mapValue(value);
  }
}
