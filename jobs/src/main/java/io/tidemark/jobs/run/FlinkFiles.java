package io.tidemark.jobs.run;

import io.tidemark.stores.lake.LakeConfig;
import java.net.URI;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.core.fs.FileSystem;

/**
 * Lets Flink keep its own files, checkpoints and savepoints, where the lake's are. A cluster of
 * other processes takes {@link #settings} in its configuration file, with the jars of {@code
 * hadoop-aws} and Flink's {@code flink-hadoop-fs} in its {@code lib/}, or one of Flink's own
 * plugins for the store.
 */
public final class FlinkFiles {
  /** Of settings that Flink hands to Hadoop. */
  private static final String TO_HADOOP = "flink.hadoop.";

  private FlinkFiles() {}

  /** Flink's settings for the store of the warehouse; none if that is local. */
  public static Configuration settings(LakeConfig lake) {
    Configuration settings = new Configuration();
    if (!lake.local()) {
      settings.set(
          CoreOptions.ALLOWED_FALLBACK_FILESYSTEMS, URI.create(lake.warehouse()).getScheme());
      lake.hadoop().forEach((key, value) -> settings.setString(TO_HADOOP + key, value));
    }
    return settings;
  }

  /** Makes them known to all of Flink in this process; before its cluster starts. */
  public static void initialize(LakeConfig lake) {
    if (!lake.local()) {
      FileSystem.initialize(settings(lake), null);
    }
  }
}
