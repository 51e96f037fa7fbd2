package io.tidemark.jobs.index;

import io.tidemark.jobs.run.OptionValues;
import io.tidemark.stores.lake.LakeConfig;

/**
 * What a run that builds indexes is asked for.
 *
 * @param parallelism segments built at once
 * @param threads of each build
 */
public record IndexOptions(IndexLimits limits, int parallelism, int threads, GpuUse gpu) {
  /**
   * The defaults, but for what is given under the names of {@link IndexJob#options}.
   *
   * @throws io.tidemark.model.error.TidemarkException INVALID_PARAMETER for a bad value
   */
  public static IndexOptions of(OptionValues options) {
    return new IndexOptions(
        IndexLimits.of(options),
        options.parallelism(),
        options.threads(),
        options.text("gpu", "auto, true or false").map(GpuUse::of).orElse(GpuUse.AUTO));
  }

  public IndexConfig on(LakeConfig lake) {
    return new IndexConfig(lake, limits, parallelism, threads, gpu);
  }
}
