package io.tidemark.standalone.jobs;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * The one file that {@code flink run} takes: a jar with nothing but other jars below {@code lib/},
 * which Flink's client unpacks and uploads. In it is everything that the jobs need and a stock
 * Flink does not have. Stateless.
 */
public final class JobJar {
  private static final FileTime SOME_TIME = FileTime.fromMillis(1_767_225_600_000L);

  /** Of Flink's own artifacts, those that its distribution lacks. */
  private static final List<String> NOT_IN_FLINK =
      List.of("flink-connector-kafka", "flink-connector-base", "flink-metrics-dropwizard");

  /** What a stock Flink has, and what only serving, the broker or the command line needs. */
  private static final List<String> LEFT_OUT =
      List.of(
          "flink-",
          "log4j-",
          "slf4j-",
          "tidemark-serving",
          "tidemark-sql",
          "tidemark-standalone",
          "tidemark-demo",
          "tidemark-tests",
          "milvus-",
          "grpc-",
          "proto-google-",
          "kafka_",
          "kafka-coordinator",
          "kafka-group",
          "kafka-metadata",
          "kafka-raft",
          "kafka-server",
          "kafka-share",
          "kafka-storage",
          "kafka-tools",
          "kafka-transaction",
          "scala-",
          "picocli-",
          "icu4j-",
          "okhttp-",
          "okio-",
          "kotlin-");

  /** Modules of ours, where they are folders of classes. */
  private static final List<String> OURS =
      List.of("model", "engine", "operators", "stores", "connectors", "jobs", "gpu");

  private JobJar() {}

  /**
   * Writes it, whole or not at all.
   *
   * @param classPath of a standalone Tidemark: jars, or folders of classes
   * @return how many jars are in it
   */
  public static int write(Path target, List<Path> classPath) throws IOException {
    return pack(target, classPath.stream().filter(JobJar::isNeeded).toList());
  }

  /**
   * Writes one with our own classes alone, and beside it what it needs in Flink's {@code lib/}.
   * Flink takes in large jars at some megabytes a second, again for every job.
   *
   * @param lib the folder for the latter, made if it is missing
   * @return how many jars are in the folder
   */
  public static int writeThin(Path target, Path lib, List<Path> classPath) throws IOException {
    List<Path> needed = classPath.stream().filter(JobJar::isNeeded).toList();
    pack(target, needed.stream().filter(JobJar::isOurs).toList());
    List<Path> others = needed.stream().filter(entry -> !isOurs(entry)).distinct().toList();
    Files.createDirectories(lib);
    for (Path jar : others) {
      Files.copy(jar, lib.resolve(jar.getFileName()), StandardCopyOption.REPLACE_EXISTING);
    }
    return others.size();
  }

  private static int pack(Path target, List<Path> entries) throws IOException {
    Path draft = target.resolveSibling(target.getFileName() + ".tmp");
    Set<String> names = new HashSet<>();
    try (ZipOutputStream jar = zip(Files.newOutputStream(draft))) {
      for (Path entry : entries) {
        String name = name(entry, names.size());
        if (names.add(name)) {
          begin(jar, "lib/" + name);
          if (Files.isDirectory(entry)) {
            pack(entry, jar);
          } else {
            Files.copy(entry, jar);
          }
          jar.closeEntry();
        }
      }
    }
    Files.move(draft, target, StandardCopyOption.REPLACE_EXISTING);
    return names.size();
  }

  private static boolean isOurs(Path entry) {
    return Files.isDirectory(entry) || entry.getFileName().toString().startsWith("tidemark-");
  }

  private static boolean isNeeded(Path entry) {
    if (Files.isDirectory(entry)) {
      return OURS.stream()
          .anyMatch(ours -> Files.isDirectory(entry.resolve("io/tidemark/" + ours)));
    }
    String name = entry.getFileName().toString();
    return name.endsWith(".jar")
        && Files.exists(entry)
        && !name.endsWith("-tests.jar")
        && (NOT_IN_FLINK.stream().anyMatch(name::startsWith)
            || LEFT_OUT.stream().noneMatch(name::startsWith));
  }

  private static String name(Path entry, int number) {
    return Files.isDirectory(entry) ? "classes-" + number + ".jar" : entry.getFileName().toString();
  }

  /** What is in it is compressed already. */
  private static ZipOutputStream zip(OutputStream out) {
    ZipOutputStream zip = new ZipOutputStream(new BufferedOutputStream(out, 1 << 20));
    zip.setLevel(Deflater.NO_COMPRESSION);
    return zip;
  }

  private static void begin(ZipOutputStream zip, String name) throws IOException {
    ZipEntry entry = new ZipEntry(name);
    entry.setLastModifiedTime(SOME_TIME);
    zip.putNextEntry(entry);
  }

  /** A folder as a jar of its own, inside the other. */
  private static void pack(Path folder, ZipOutputStream outer) throws IOException {
    ZipOutputStream jar = new ZipOutputStream(outer);
    List<Path> files;
    try (Stream<Path> all = Files.walk(folder)) {
      files = all.filter(Files::isRegularFile).sorted().toList();
    }
    for (Path file : files) {
      begin(jar, folder.relativize(file).toString().replace('\\', '/'));
      Files.copy(file, jar);
      jar.closeEntry();
    }
    jar.finish();
  }
}
