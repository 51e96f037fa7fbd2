package io.tidemark.tests.sql;

import io.tidemark.connectors.client.Endpoint;
import io.tidemark.connectors.client.Stores;
import io.tidemark.connectors.client.TidemarkClient;
import io.tidemark.model.control.ControlKeys;
import io.tidemark.model.control.ControlStore;
import io.tidemark.model.time.HybridTimestamp;
import io.tidemark.stores.control.KafkaControlStore;
import io.tidemark.stores.log.LogTrimmer;
import io.tidemark.tests.process.TidemarkProcess;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.jdbc.JdbcCatalog;

/** Takes away what a running Tidemark keeps of the past, as its job expire does in time. */
record OldStates(Stores stores) {
  private static final long LIMIT_S = 120;

  static OldStates of(TidemarkProcess process) throws IOException {
    Endpoint endpoint =
        new Endpoint(process.grpcAddress(), "http://" + process.httpAddress(), null);
    try (TidemarkClient client = TidemarkClient.connect(endpoint)) {
      return new OldStates(client.stores());
    }
  }

  /** Trims below the global position, once it has passed that time in every pchannel. */
  void trimLogAfter(Instant time) throws InterruptedException {
    long wanted = HybridTimestamp.ofMillis(time.toEpochMilli());
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_S);
    try (ControlStore control = KafkaControlStore.open(stores.log())) {
      Map<Integer, Long> floors = new HashMap<>();
      while (floors.size() < stores.log().pchannels()
          || floors.values().stream().anyMatch(floor -> floor <= wanted)) {
        if (System.nanoTime() > deadline) {
          throw new AssertionError("after " + LIMIT_S + " s the global position is " + floors);
        }
        TimeUnit.MILLISECONDS.sleep(50);
        control.refresh();
        for (int pchannel = 0; pchannel < stores.log().pchannels(); pchannel++) {
          int of = pchannel;
          control
              .get(ControlKeys.POSITION + pchannel)
              .ifPresent(position -> floors.put(of, Long.parseLong(position)));
        }
      }
      LogTrimmer.trim(stores.log(), floors);
    }
  }

  /** Of a collection of the default database, all but the newest. */
  void expireSnapshots(String collection) {
    try (JdbcCatalog catalog = new JdbcCatalog()) {
      catalog.setConf(new Configuration());
      Map<String, String> properties = new HashMap<>(stores.lake().properties());
      properties.put("uri", stores.lake().catalogUri());
      properties.put("warehouse", stores.lake().warehouse());
      properties.put("jdbc.schema-version", "V1");
      catalog.initialize("tidemark", properties);
      catalog
          .loadTable(TableIdentifier.of("default", collection))
          .expireSnapshots()
          .expireOlderThan(System.currentTimeMillis())
          .retainLast(1)
          .commit();
    }
  }
}
