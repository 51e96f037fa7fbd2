package io.tidemark.jobs.index;

import io.tidemark.stores.lake.LakeConfig;

/**
 * Everything that can be set of the index job.
 *
 * @param parallelism segments built at once
 * @param threads of each build
 * @param gpu whether builds are on a GPU
 */
public record IndexConfig(
    LakeConfig lake, IndexLimits limits, int parallelism, int threads, GpuUse gpu) {
  /** With a GPU where there is one. */
  public IndexConfig(LakeConfig lake, IndexLimits limits, int parallelism, int threads) {
    this(lake, limits, parallelism, threads, GpuUse.AUTO);
  }

  public IndexConfig {
    if (parallelism < 1 || threads < 1) {
      throw new IllegalArgumentException(
          "index parallelism "
              + parallelism
              + " and threads "
              + threads
              + ": each must be at least 1");
    }
  }

  /** One segment at a time, with all cores. */
  public static IndexConfig defaults(LakeConfig lake) {
    return new IndexConfig(
        lake, IndexLimits.DEFAULTS, 1, Runtime.getRuntime().availableProcessors());
  }

  public IndexConfig withLimits(IndexLimits other) {
    return new IndexConfig(lake, other, parallelism, threads, gpu);
  }

  public IndexConfig withThreads(int perBuild) {
    return new IndexConfig(lake, limits, parallelism, perBuild, gpu);
  }

  public IndexConfig withGpu(GpuUse use) {
    return new IndexConfig(lake, limits, parallelism, threads, use);
  }
}
