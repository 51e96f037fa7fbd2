package io.tidemark.engine.index.graph;

import io.tidemark.engine.index.BuildDevice;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The builders that this process has: its own, and services on the class path. */
public final class GraphBuilders {
  private static final Logger LOG = LoggerFactory.getLogger(GraphBuilders.class);

  /** A broken entry may be met again; after this many there is no hope of an end. */
  private static final int BROKEN_MAX = 16;

  private static final class Installed {
    static final List<GraphBuilder> ALL = load(GraphBuilders.class.getClassLoader());
  }

  private GraphBuilders() {}

  /** The device if it builds graphs, else the CPU. */
  static GraphBuilder of(BuildDevice device) {
    return device instanceof GraphBuilder given ? given : cpu();
  }

  /** Jvector's, which can build everything. */
  public static GraphBuilder cpu() {
    return JvectorGraphBuilder.INSTANCE;
  }

  /** The one of this name, whether or not it is available. */
  public static Optional<GraphBuilder> find(String name) {
    return name.equals(cpu().name())
        ? Optional.of(cpu())
        : Installed.ALL.stream().filter(builder -> builder.name().equals(name)).findFirst();
  }

  /**
   * Services that this JVM can load: one compiled for a newer Java than this one, or broken
   * otherwise, is left out with a line in the log.
   */
  static List<GraphBuilder> load(ClassLoader classes) {
    List<GraphBuilder> loaded = new ArrayList<>();
    Iterator<GraphBuilder> services = ServiceLoader.load(GraphBuilder.class, classes).iterator();
    for (int broken = 0; broken < BROKEN_MAX; ) {
      try {
        if (!services.hasNext()) {
          break;
        }
        loaded.add(services.next());
      } catch (ServiceConfigurationError | LinkageError e) {
        broken++;
        LOG.info("graph builder cannot be used by this JVM reason={}", e.toString());
      }
    }
    return List.copyOf(loaded);
  }
}
