package io.tidemark.tests.architecture;

import java.util.List;
import java.util.stream.Stream;

/**
 * The modules and the arrows between them: what each one may use of the others. Maven keeps the
 * same arrows by the dependencies it is given; this copy also catches a dependency that was added
 * to a pom against the design.
 */
enum SourceModule {
  MODEL("operators/model", "io.tidemark.model", false),
  ENGINE("operators/engine", "io.tidemark.engine", false, MODEL),
  EMBED("operators/embed", "io.tidemark.embed", false, MODEL),
  GPU("operators/gpu", "io.tidemark.gpu", false, MODEL, ENGINE),
  OPERATORS("operators/flink", "io.tidemark.operators", true, MODEL, ENGINE),
  STORES("connectors/stores", "io.tidemark.stores", false, MODEL),
  CONNECTORS("connectors/flink", "io.tidemark.connectors", true, MODEL, STORES),
  JOBS("jobs", "io.tidemark.jobs", true, MODEL, ENGINE, OPERATORS, STORES, CONNECTORS),
  SERVING("serving", "io.tidemark.serving", false, MODEL, ENGINE, STORES),
  SQL("sql", "io.tidemark.sql", true, MODEL, ENGINE, STORES, CONNECTORS),
  STANDALONE(
      "deploy/standalone",
      "io.tidemark.standalone",
      true,
      MODEL,
      ENGINE,
      OPERATORS,
      STORES,
      CONNECTORS,
      JOBS,
      SERVING,
      SQL),
  /** Knows a server by its address alone, as any client does. */
  DEMO("deploy/demo", "io.tidemark.demo", false),
  TESTS(
      "tests",
      "io.tidemark.tests",
      true,
      MODEL,
      ENGINE,
      OPERATORS,
      STORES,
      CONNECTORS,
      JOBS,
      SERVING,
      SQL,
      STANDALONE,
      DEMO);

  private final String folder;
  private final String rootPackage;
  private final boolean knowsFlink;
  private final List<SourceModule> uses;

  SourceModule(String folder, String rootPackage, boolean knowsFlink, SourceModule... uses) {
    this.folder = folder;
    this.rootPackage = rootPackage;
    this.knowsFlink = knowsFlink;
    this.uses = List.of(uses);
  }

  /** From the root of the checkout. */
  String folder() {
    return folder;
  }

  String rootPackage() {
    return rootPackage;
  }

  boolean knowsFlink() {
    return knowsFlink;
  }

  /** Package patterns of this module and of those that it may use. */
  String[] usablePackages() {
    return Stream.concat(Stream.of(this), uses.stream())
        .map(module -> module.rootPackage + "..")
        .toArray(String[]::new);
  }
}
