package io.tidemark.standalone.connector;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * One jar with Tidemark's connector and all that it needs beyond Flink's distribution. Libraries
 * that a cluster may have in another version are moved ({@link Relocation}). Hadoop, JDBC drivers
 * and compression codecs are not: they are found by names in files or in native code. Stateless.
 */
public final class ConnectorJar {
  private static final FileTime SOME_TIME = FileTime.fromMillis(1_767_225_600_000L);
  private static final String SERVICES = "META-INF/services/";

  private static final List<String> OURS =
      List.of(
          "tidemark-model",
          "tidemark-engine",
          "tidemark-stores",
          "tidemark-connectors-flink",
          "tidemark-sql",
          "tidemark-embed");

  /** Folders of classes are ours by what is in them. */
  private static final List<String> OUR_PACKAGES =
      List.of("model", "engine", "stores", "connectors", "sql", "embed");

  private static final List<String> MOVED =
      List.of(
          "iceberg-flink-runtime",
          "flink-connector-kafka",
          "flink-connector-base",
          "flink-metrics-dropwizard",
          "metrics-core-3",
          "kafka-clients",
          "antlr4-runtime",
          "grpc-",
          "perfmark-",
          "guava-",
          "failureaccess",
          "protobuf-java",
          "proto-google",
          "milvus-sdk",
          "gson-",
          "jackson-core",
          "jackson-databind",
          "jackson-annotations",
          "jackson-datatype");

  private static final List<String> AS_THEY_ARE =
      List.of(
          "hadoop-client",
          "sqlite-jdbc",
          "postgresql",
          "zstd-jni",
          "lz4-java",
          "snappy-java",
          "jvector",
          "agrona");

  private static final List<String> S3 =
      List.of(
          "hadoop-aws",
          "s3-",
          "aws-",
          "protocol-core",
          "arns",
          "profiles",
          "crt-core",
          "http-auth",
          "identity-spi",
          "reactive-streams",
          "checksums",
          "retries",
          "sdk-core",
          "auth-",
          "eventstream",
          "http-client-spi",
          "regions",
          "annotations-2",
          "utils-",
          "metrics-spi",
          "json-utils",
          "third-party-jackson",
          "endpoints-spi",
          "sts-",
          "kms-",
          "apache-client",
          "httpc",
          "commons-codec",
          "url-connection",
          "analyticsaccelerator",
          "wildfly-openssl",
          "commons-logging");

  private static final List<String> MODELS =
      List.of("langchain4j", "onnxruntime", "api-0", "tokenizers", "jna-");

  private ConnectorJar() {}

  /**
   * Writes it, whole or not at all.
   *
   * @param classPath of a standalone Tidemark: jars, or folders of classes
   * @return how many entries it has
   */
  public static int write(Path target, List<Path> classPath, boolean s3, boolean models)
      throws IOException {
    Path draft = target.resolveSibling(target.getFileName() + ".tmp");
    Writing writing = new Writing();
    try (ZipOutputStream jar =
        new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(draft), 1 << 20))) {
      jar.setLevel(Deflater.BEST_SPEED);
      for (Path entry : new LinkedHashSet<>(classPath)) {
        String name = entry.getFileName().toString();
        if (isOurs(entry)) {
          writing.add(jar, entry, true, true);
        } else if (!Files.isDirectory(entry) && Files.exists(entry)) {
          if (starts(name, MOVED)) {
            writing.add(jar, entry, true, false);
          } else if (starts(name, AS_THEY_ARE)
              || (s3 && starts(name, S3))
              || (models && starts(name, MODELS))) {
            writing.add(jar, entry, false, false);
          }
        }
      }
      writing.services(jar);
    }
    Files.move(draft, target, StandardCopyOption.REPLACE_EXISTING);
    return writing.names.size();
  }

  private static boolean starts(String name, List<String> prefixes) {
    return name.endsWith(".jar") && prefixes.stream().anyMatch(name::startsWith);
  }

  private static boolean isOurs(Path entry) {
    return Files.isDirectory(entry)
        ? OUR_PACKAGES.stream()
            .anyMatch(ours ->
                Files.exists(entry.resolve("io/tidemark/" + ours + "/package-info.class"))
                    || Files.isDirectory(entry.resolve("io/tidemark/" + ours)))
        : starts(entry.getFileName().toString(), OURS)
            && !entry.getFileName().toString().endsWith("-tests.jar");
  }

  private static final class Writing {
    private final Relocation relocation = new Relocation();
    private final Set<String> names = new HashSet<>();
    private final Map<String, Set<String>> services = new TreeMap<>();

    /**
     * @param moving whether names in it may be moved ones
     * @param ours whether it may offer services to Flink
     */
    void add(ZipOutputStream jar, Path source, boolean moving, boolean ours) throws IOException {
      if (Files.isDirectory(source)) {
        List<Path> files;
        try (Stream<Path> all = Files.walk(source)) {
          files = all.filter(Files::isRegularFile).sorted().toList();
        }
        for (Path file : files) {
          String name = source.relativize(file).toString().replace('\\', '/');
          add(jar, name, Files.readAllBytes(file), moving, ours);
        }
        return;
      }
      try (ZipFile zip = new ZipFile(source.toFile())) {
        for (ZipEntry entry : zip.stream().filter(each -> !each.isDirectory()).toList()) {
          if (isWanted(entry.getName())) {
            try (InputStream in = zip.getInputStream(entry)) {
              if (moving || entry.getName().startsWith(SERVICES)) {
                add(jar, entry.getName(), in.readAllBytes(), moving, ours);
              } else {
                copy(jar, entry.getName(), in);
              }
            }
          }
        }
      }
    }

    /** Class files for later versions of Java are left out, and netty's native code with them. */
    private static boolean isWanted(String name) {
      return !name.endsWith("module-info.class")
          && !name.equals("META-INF/MANIFEST.MF")
          && !name.startsWith("META-INF/versions/")
          && !name.startsWith("META-INF/native/")
          && !name.startsWith("META-INF/maven/")
          && !name.startsWith("META-INF/native-image/")
          && !name.matches("META-INF/[^/]*\\.(SF|RSA|DSA)");
    }

    private void add(ZipOutputStream jar, String name, byte[] bytes, boolean moving, boolean ours)
        throws IOException {
      if (name.startsWith(SERVICES)) {
        String service = name.substring(SERVICES.length());
        if (ours || !service.startsWith("org.apache.flink.")) {
          Set<String> providers =
              services.computeIfAbsent(
                  moving ? relocation.name(service) : service, key -> new LinkedHashSet<>());
          new String(bytes, UTF_8)
              .lines()
              .map(line -> line.replaceFirst("#.*", "").strip())
              .filter(line -> !line.isEmpty())
              .map(line -> moving ? relocation.name(line) : line)
              .forEach(providers::add);
        }
        return;
      }
      String path = moving ? relocation.path(name) : name;
      if (names.add(path)) {
        put(jar, path, moving && name.endsWith(".class") ? relocation.classFile(bytes) : bytes);
      }
    }

    /** Models and native code are larger than the heap that a command has. */
    private void copy(ZipOutputStream jar, String name, InputStream in) throws IOException {
      if (names.add(name)) {
        begin(jar, name);
        in.transferTo(jar);
        jar.closeEntry();
      }
    }

    void services(ZipOutputStream jar) throws IOException {
      for (Map.Entry<String, Set<String>> service : services.entrySet()) {
        put(
            jar,
            SERVICES + service.getKey(),
            (String.join("\n", service.getValue()) + "\n").getBytes(UTF_8));
      }
    }

    private static void put(ZipOutputStream jar, String name, byte[] bytes) throws IOException {
      begin(jar, name);
      jar.write(bytes);
      jar.closeEntry();
    }

    private static void begin(ZipOutputStream jar, String name) throws IOException {
      ZipEntry entry = new ZipEntry(name);
      entry.setLastModifiedTime(SOME_TIME);
      jar.putNextEntry(entry);
    }
  }
}
