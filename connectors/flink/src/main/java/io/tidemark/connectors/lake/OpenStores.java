package io.tidemark.connectors.lake;

import io.tidemark.model.control.ControlStore;
import io.tidemark.stores.control.KafkaControlStore;
import io.tidemark.stores.lake.Lake;
import java.util.HashMap;
import java.util.Map;

/**
 * The lake and the control store, opened once per process however many tasks use them: each has
 * connections, threads and caches of its own. The last one to close closes them. Thread-safe.
 */
final class OpenStores implements AutoCloseable {
  private static final Map<LakeAccess, OpenStores> OPEN = new HashMap<>();

  private final LakeAccess access;
  private final Lake lake;
  private final ControlStore control;
  private int users;

  private OpenStores(LakeAccess access, Lake lake, ControlStore control) {
    this.access = access;
    this.lake = lake;
    this.control = control;
  }

  /** To be closed once by each who acquires it. */
  static OpenStores acquire(LakeAccess access) {
    synchronized (OPEN) {
      OpenStores stores = OPEN.get(access);
      if (stores == null) {
        stores = open(access);
        OPEN.put(access, stores);
      }
      stores.users++;
      return stores;
    }
  }

  private static OpenStores open(LakeAccess access) {
    Lake lake = Lake.open(access.lake());
    try {
      return new OpenStores(access, lake, KafkaControlStore.open(access.log()));
    } catch (RuntimeException e) {
      lake.close();
      throw e;
    }
  }

  Lake lake() {
    return lake;
  }

  ControlStore control() {
    return control;
  }

  @Override
  public void close() {
    synchronized (OPEN) {
      users--;
      if (users > 0) {
        return;
      }
      OPEN.remove(access);
    }
    try {
      lake.close();
    } finally {
      control.close();
    }
  }
}
