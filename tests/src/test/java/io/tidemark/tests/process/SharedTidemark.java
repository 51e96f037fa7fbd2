package io.tidemark.tests.process;

import io.milvus.v2.client.MilvusClientV2;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Hands one Tidemark process, and one client of it, to all test classes of this JVM: it is started
 * by the first that asks and stopped after the last. The session is of the JVM; a store of one run
 * would be of one class, since a JVM beside others is given a class at a time. Every test uses
 * collections and databases of its own, so that none sees another's.
 *
 * <p>Windows and segments are small, so that tests meet sealed and indexed rows too. Of the data
 * directory only the logs stay, under {@code target/shared-tidemark-PID}.
 */
public final class SharedTidemark implements ParameterResolver {
  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(SharedTidemark.class);

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return Set.of(TidemarkProcess.class, MilvusClientV2.class)
        .contains(parameter.getParameter().getType());
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Running running =
        context
            .getStore(ExtensionContext.StoreScope.LAUNCHER_SESSION, NAMESPACE)
            .computeIfAbsent(Start.class, key -> Start.attempt(), Start.class)
            .running();
    return parameter.getParameter().getType() == TidemarkProcess.class
        ? running.process
        : running.client;
  }

  /** A start that failed is not tried again by each test that follows. */
  private record Start(@Nullable Running done, @Nullable RuntimeException failure)
      implements AutoCloseable {
    static Start attempt() {
      try {
        return new Start(Running.start(), null);
      } catch (RuntimeException e) {
        return new Start(null, e);
      }
    }

    Running running() {
      if (done == null) {
        throw new IllegalStateException("the shared Tidemark did not start", failure);
      }
      return done;
    }

    @Override
    public void close() throws IOException, InterruptedException {
      if (done != null) {
        done.close();
      }
    }
  }

  private record Running(Path folder, TidemarkProcess process, SdkClient client)
      implements AutoCloseable {
    static Running start() {
      Path folder = Path.of("target", "shared-tidemark-" + ProcessHandle.current().pid());
      try {
        Files.createDirectories(folder);
        TidemarkProcess process =
            TidemarkProcess.start(
                folder.resolve("data").toAbsolutePath(),
                "--window-ms",
                "1000",
                "--segment-rows",
                "2000",
                "--segment-idle-ms",
                "1500");
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
        return new Running(folder, process, SdkClient.to(process.grpcAddress()));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while Tidemark was starting", e);
      }
    }

    @Override
    public void close() throws IOException, InterruptedException {
      client.close();
      process.stop();
      Files.walkFileTree(folder, new AllButLogs());
    }
  }

  private static final class AllButLogs extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
      return folder.endsWith("logs") ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      if (!file.getFileName().toString().endsWith(".console.log")) {
        Files.delete(file);
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
        throws IOException {
      try (var entries = Files.list(folder)) {
        if (entries.findAny().isEmpty()) {
          Files.delete(folder);
        }
      }
      return FileVisitResult.CONTINUE;
    }
  }
}
