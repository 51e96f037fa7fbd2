package io.tidemark.connectors.lake;

import io.tidemark.stores.lake.LakeConfig;
import io.tidemark.stores.log.LogConfig;
import java.io.Serializable;

/** How a task reaches the lake, and the control store beside the log. */
public record LakeAccess(LakeConfig lake, LogConfig log) implements Serializable {}
