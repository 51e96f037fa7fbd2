package io.tidemark.standalone.cli;

import io.tidemark.standalone.connector.ConnectorJar;
import java.io.File;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes the jar that makes collections tables of any Flink. */
@Command(
    name = "connector-jar",
    mixinStandardHelpOptions = true,
    description = {
      "Writes the jar that a Flink 2.3 on Java 21 or later takes into its lib/ folder, to have",
      "Tidemark's catalog, tables, functions and procedures in SQL. Start the cluster anew after that."
    })
final class ConnectorJarCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "where to write it, such as tidemark-flink.jar")
  private Path file = Path.of("tidemark-flink.jar");

  @Option(names = "--s3", description = "with what reads a lake on S3")
  private boolean s3;

  @Option(names = "--models", description = "with the embedding models of ML_PREDICT")
  private boolean models;

  @Override
  public Integer call() throws Exception {
    Path target = WrittenFile.check(file);
    int entries =
        ConnectorJar.write(
            target,
            Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .toList(),
            s3,
            models);
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    out.println(file + ": " + entries + " entries, " + (Files.size(target) >> 20) + " MiB");
    out.flush();
    return 0;
  }
}
