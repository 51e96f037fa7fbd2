package io.tidemark.standalone;

import io.tidemark.standalone.StandaloneConfig.Storage;
import io.tidemark.standalone.data.DataDirectory;
import io.tidemark.stores.lake.LakeConfig;

/** Where the lake of a standalone Tidemark is. */
final class Storages {
  private Storages() {}

  /** In the data directory, but for what is set otherwise. */
  static LakeConfig lake(Storage storage, DataDirectory data) {
    LakeConfig local = LakeConfig.sqlite(data.catalog(), data.warehouse());
    String catalog = storage.catalog();
    String warehouse = storage.warehouse();
    return LakeConfig.jdbc(
        catalog == null ? local.catalogUri() : catalog,
        warehouse == null ? local.warehouse() : warehouse,
        storage.catalogProperties(),
        storage.hadoopConf());
  }

  /** The folder of one job's checkpoints. */
  static String checkpoints(Storage storage, DataDirectory data, String job) {
    String elsewhere = storage.checkpoints();
    return elsewhere == null
        ? data.checkpoints().resolve(job).toUri().toString()
        : elsewhere.replaceAll("/+$", "") + "/" + job;
  }
}
