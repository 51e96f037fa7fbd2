package io.tidemark.jobs.index;

import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;

/** Whether graphs are built on a GPU. What it cannot build, the CPU does. */
public enum GpuUse {
  /** On the first GPU that the process sees, if there is one; the cluster is not asked for it. */
  AUTO,
  /**
   * The cluster is asked for its external resource {@code gpu}; there must be a worker with one.
   */
  TRUE,
  /** Never. */
  FALSE;

  /**
   * @param value {@code auto}, {@code true} or {@code false}
   * @throws TidemarkException INVALID_PARAMETER for anything else
   */
  public static GpuUse of(String value) {
    return switch (value) {
      case "auto" -> AUTO;
      case "true" -> TRUE;
      case "false" -> FALSE;
      default ->
          throw new TidemarkException(
              ErrorCode.INVALID_PARAMETER,
              "option gpu is '" + value + "', it must be auto, true or false");
    };
  }
}
