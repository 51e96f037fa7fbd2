package io.tidemark.standalone.cli;

import io.tidemark.standalone.jobs.JobJar;
import java.io.File;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes the jar with which jobs are submitted to a Flink cluster. */
@Command(
    name = "job-jar",
    mixinStandardHelpOptions = true,
    description = {
      "Writes the jar with which jobs are submitted to a Flink cluster of version 2.3:",
      "flink run -c io.tidemark.jobs.index.IndexJob FILE --catalog JDBC_URI --warehouse URI --collection NAME"
    })
final class JobJarCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "where to write it, such as tidemark-jobs.jar")
  private Path file = Path.of("tidemark-jobs.jar");

  @Option(
      names = "--lib",
      paramLabel = "DIR",
      description =
          "write what is not Tidemark's own into DIR instead, to be copied into Flink's lib/: then FILE is small and jobs start sooner")
  private @Nullable Path lib;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    List<Path> classPath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(Path::of)
            .toList();
    Path target = WrittenFile.check(file);
    if (lib == null) {
      int jars = JobJar.write(target, classPath);
      out.println(file + ": " + jars + " jars, " + (Files.size(file) >> 20) + " MiB");
    } else {
      int jars = JobJar.writeThin(target, lib, classPath);
      out.println(file + ": " + (Files.size(file) >> 10) + " KiB; " + lib + ": " + jars + " jars");
    }
    out.flush();
    return 0;
  }
}
