package io.tidemark.tests.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.standalone.connector.ConnectorJar;
import io.tidemark.tests.process.SharedTidemark;
import io.tidemark.tests.process.TidemarkProcess;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** SQL in a Flink that has Flink's jars and the connector jar, and nothing else of ours. */
@ExtendWith(SharedTidemark.class)
class ConnectorJarTest {
  private static final long LIMIT_S = 300;

  /** What Flink's distribution is made of, and what its parts need. */
  private static final Pattern OF_FLINK =
      Pattern.compile(
          "(flink-(?!connector-kafka|connector-base|metrics-dropwizard|test|sql)|commons-|slf4j-api|log4j-|"
              + "kryo|minlog|objenesis|reflectasm|snappy|lz4|zstd|jsr305|snakeyaml-engine|javassist|jakarta|asm-).*\\.jar");

  @Test
  void aStockFlinkCreatesWritesReadsSearchesAndMaintainsCollections(
      TidemarkProcess tidemark, @TempDir Path folder) throws Exception {
    List<Path> classPath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(Path::of)
            .toList();
    Path jar = folder.resolve("tidemark-flink.jar");
    ConnectorJar.write(jar, classPath, false, true);
    try (ZipFile written = new ZipFile(jar.toFile())) {
      assertThat(
              written.stream()
                  .map(entry -> entry.getName())
                  .filter(name -> name.endsWith(".class"))
                  .filter(name ->
                      name.matches(
                          "(org/apache/kafka|org/apache/iceberg|io/grpc|com/google|com/fasterxml)/.*")))
          .isEmpty();
    }

    String table = "from_a_jar_" + Long.toString(System.nanoTime(), 36);
    String printed =
        run(
            folder,
            classPath,
            jar,
            "CREATE CATALOG tidemark WITH ('type'='tidemark', 'endpoint'='"
                + tidemark.grpcAddress()
                + "', 'http-endpoint'='http://"
                + tidemark.httpAddress()
                + "')",
            "USE CATALOG tidemark",
            "CREATE TABLE "
                + table
                + " (id BIGINT, title VARCHAR(20), v ARRAY<FLOAT>, PRIMARY KEY (id) NOT ENFORCED) WITH ('dim.v'='2', 'metric.v'='L2')",
            "INSERT INTO "
                + table
                + " SELECT id, title, VECTOR_PARSE(v) FROM (VALUES (CAST(1 AS BIGINT), 'near', '[0, 1]'), (2, 'far', '[9, 9]')) AS given(id, title, v) ",
            "SELECT CONCAT('read ', title) FROM " + table + " WHERE id = 1",
            "SELECT CONCAT('found ', title), score FROM VECTOR_SEARCH(TABLE "
                + table
                + ", DESCRIPTOR(v), VECTOR_PARSE('[9, 8]'), 1, MAP['consistency', 'STRONG'])",
            "CREATE TEMPORARY MODEL minilm INPUT (text STRING) OUTPUT (embedding ARRAY<FLOAT>) WITH ('provider'='tidemark-onnx')",
            "SELECT VECTOR_DIMENSION(AS_VECTOR(embedding)) FROM ML_PREDICT((SELECT 'a tide' AS t), MODEL minilm, DESCRIPTOR(t))",
            "CALL sys.snapshot(collection => '" + table + "', name => 'first')",
            "SELECT `rows` FROM `" + table + "$segments`",
            "SELECT L2_DISTANCE(ARRAY[1.0, 2.0], ARRAY[1.0, 4.0])");
    assertThat(printed)
        .contains("+I[read near]", "+I[found far, 1.0]", "+I[384]")
        .contains("default." + table, "+I[2]", "+I[4.0]");
  }

  private static String run(Path folder, List<Path> classPath, Path jar, String... statements)
      throws Exception {
    String file = StatementsOfOneProcess.class.getName().replace('.', '/') + ".class";
    Path alone = folder.resolve("classes");
    Files.createDirectories(alone.resolve(file).getParent());
    try (var bytes =
        java.util.Objects.requireNonNull(
            StatementsOfOneProcess.class.getClassLoader().getResourceAsStream(file))) {
      Files.copy(bytes, alone.resolve(file));
    }
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx768m",
                "-XX:TieredStopAtLevel=1",
                "--add-modules",
                "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "--add-opens=java.base/java.util=ALL-UNNAMED",
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "-cp",
                alone
                    + File.pathSeparator
                    + classPath.stream()
                        .filter(entry -> OF_FLINK.matcher(entry.getFileName().toString()).matches())
                        .map(Path::toString)
                        .collect(Collectors.joining(File.pathSeparator))
                    + File.pathSeparator
                    + jar,
                StatementsOfOneProcess.class.getName()));
    command.addAll(List.of(statements));
    Path log = folder.resolve("printed");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      assertThat(process.waitFor(LIMIT_S, TimeUnit.SECONDS)).as("ended in time").isTrue();
      assertThat(process.exitValue()).as(Files.readString(log)).isZero();
    } finally {
      process.destroyForcibly();
    }
    return Files.readString(log);
  }
}
