package io.tidemark.stores.lake;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;

/**
 * What Hadoop's s3a is told: Tidemark's own settings, which bound every request and its retries,
 * and those of the lake's configuration, which win.
 *
 * <p>A request that gets no byte for 15 s, s3a's least, is given up; one that fails with 5xx, is
 * throttled or loses its connection is repeated after 250 ms, 500 ms and so on. So a store that
 * fails one request of five is only slower, a stall of half a minute costs two or three tries, and
 * one that is away is reported after a few minutes, by an exception that names the file.
 */
final class HadoopSettings {
  /** Of those keys among the catalog's properties that are Hadoop's. */
  static final String PREFIX = "hadoop.";

  private static final String FILE_SYSTEM = "fs.";
  private static final String ENDPOINT = "fs.s3a.endpoint";

  private static final Map<String, String> S3A =
      Map.ofEntries(
          // The first request tells as well that a bucket is missing.
          Map.entry("fs.s3a.bucket.probe", "0"),
          // All names are used once: nothing is overwritten, so nothing need be looked for before.
          Map.entry("fs.s3a.performance.flags", "create,delete,mkdir"),
          // The other kind fetches files up to 8 MB whole, and retries by rules of its own. This
          // one
          // requests what is read and not all that follows; small files need just one request.
          Map.entry("fs.s3a.input.stream.type", "classic"),
          Map.entry("fs.s3a.experimental.input.fadvise", "random"),
          Map.entry("fs.s3a.readahead.range", "256K"),
          Map.entry("fs.s3a.connection.timeout", "15s"),
          Map.entry("fs.s3a.connection.establish.timeout", "15s"),
          Map.entry("fs.s3a.connection.acquisition.timeout", "60s"),
          Map.entry("fs.s3a.connection.request.timeout", "60s"),
          // Tries of the SDK within each try of s3a.
          Map.entry("fs.s3a.attempts.maximum", "2"),
          Map.entry("fs.s3a.retry.limit", "6"),
          Map.entry("fs.s3a.retry.interval", "250ms"),
          Map.entry("fs.s3a.retry.throttle.limit", "10"),
          Map.entry("fs.s3a.retry.throttle.interval", "250ms"),
          Map.entry("fs.s3a.retry.http.5xx.errors", "true"),
          Map.entry("fs.s3a.threads.max", "32"),
          Map.entry("fs.s3a.connection.maximum", "128"),
          Map.entry("parquet.page.verify-checksum.enabled", "true"));

  private HadoopSettings() {}

  static Map<String, String> of(LakeConfig config) {
    Map<String, String> settings = new TreeMap<>(config.local() ? Map.of() : S3A);
    config
        .properties()
        .forEach((key, value) -> {
          if (isHadoop(key)) {
            settings.put(key.startsWith(PREFIX) ? key.substring(PREFIX.length()) : key, value);
          }
        });
    return settings;
  }

  /** Whether a property is for Hadoop, not for the catalog. */
  static boolean isHadoop(String key) {
    return key.startsWith(PREFIX) || key.startsWith(FILE_SYSTEM);
  }

  /** The settings in a {@code core-site.xml}, variables in them replaced. */
  static Map<String, String> ofFile(Path file) {
    if (!Files.isReadable(file)) {
      throw new IllegalArgumentException("Hadoop configuration " + file + " cannot be read");
    }
    Configuration configuration = new Configuration(false);
    configuration.addResource(new org.apache.hadoop.fs.Path(file.toUri()));
    Map<String, String> settings = new TreeMap<>();
    try {
      configuration.forEach(
          entry -> settings.put(entry.getKey(), configuration.get(entry.getKey())));
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(
          "Hadoop configuration " + file + " does not parse: " + e.getMessage(), e);
    }
    return settings;
  }

  /** The endpoint and the region that Amazon's own tools would take. */
  static Map<String, String> ofEnvironment(Map<String, String> environment) {
    Map<String, String> settings = new TreeMap<>();
    first(environment, "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
        .ifPresent(endpoint -> {
          settings.put(ENDPOINT, endpoint);
          // Stores other than Amazon's seldom have a host name per bucket.
          settings.put("fs.s3a.path.style.access", "true");
        });
    first(environment, "AWS_REGION", "AWS_DEFAULT_REGION")
        .ifPresent(region -> settings.put("fs.s3a.endpoint.region", region));
    return settings;
  }

  private static Optional<String> first(Map<String, String> environment, String... names) {
    return Stream.of(names)
        .map(name -> environment.getOrDefault(name, ""))
        .filter(value -> !value.isBlank())
        .findFirst();
  }
}
