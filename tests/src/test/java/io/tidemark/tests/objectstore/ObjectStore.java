package io.tidemark.tests.objectstore;

import io.tidemark.tests.process.FreePort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** An S3 server in a process of its own that keeps objects as files. Ended with the test. */
final class ObjectStore implements AutoCloseable {
  static final String BUCKET = "lake";
  static final String IDENTITY = "local-identity";
  static final String CREDENTIAL = "local-credential";
  private static final long START_LIMIT_S = 120;

  private final Path folder;
  private final int port;
  private final Process process;

  private ObjectStore(Path folder, int port, Process process) {
    this.folder = folder;
    this.port = port;
    this.process = process;
  }

  static ObjectStore start(Path folder) throws IOException, InterruptedException {
    Files.createDirectories(folder.resolve("buckets").resolve(BUCKET));
    int port = FreePort.choose();
    Path properties =
        Files.writeString(
            folder.resolve("s3proxy.conf"),
            """
            s3proxy.authorization=aws-v2-or-v4
            s3proxy.endpoint=http://127.0.0.1:%d
            s3proxy.identity=%s
            s3proxy.credential=%s
            s3proxy.ignore-unknown-headers=true
            jclouds.provider=filesystem-nio2
            jclouds.filesystem.basedir=%s
            """
                .formatted(port, IDENTITY, CREDENTIAL, folder.resolve("buckets")));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-DLOG_LEVEL=warn",
                "-jar",
                Path.of("target/object-store/s3proxy-jar-with-dependencies.jar")
                    .toAbsolutePath()
                    .toString(),
                "--properties",
                properties.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("s3proxy.log").toFile())
            .start();
    ObjectStore store = new ObjectStore(folder, port, process);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_LIMIT_S);
    while (!listens(port)) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        store.close();
        throw new IllegalStateException(
            "no object store: " + Files.readString(folder.resolve("s3proxy.log")));
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
    return store;
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", port), 500);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  int port() {
    return port;
  }

  /** Makes a bucket. Hadoop keeps one connection setting per bucket and process. */
  String bucket(String name) throws IOException {
    Files.createDirectories(folder.resolve("buckets").resolve(name));
    return name;
  }

  /** How Hadoop reaches it, through {@code port}. */
  Path coreSite(int through) throws IOException {
    StringBuilder xml = new StringBuilder("<configuration>\n");
    String[][] settings = {
      {"fs.s3a.endpoint", "http://127.0.0.1:" + through},
      {"fs.s3a.endpoint.region", "us-east-1"},
      {"fs.s3a.path.style.access", "true"},
      {"fs.s3a.connection.ssl.enabled", "false"},
      {"fs.s3a.access.key", IDENTITY},
      {"fs.s3a.secret.key", CREDENTIAL},
      {"fs.s3a.aws.credentials.provider", "org.apache.hadoop.fs.s3a.SimpleAWSCredentialsProvider"},
    };
    for (String[] setting : settings) {
      xml.append(
          "  <property><name>%s</name><value>%s</value></property>\n"
              .formatted(setting[0], setting[1]));
    }
    return Files.writeString(
        folder.resolve("core-site-" + through + ".xml"), xml.append("</configuration>\n"));
  }

  /** Objects whose keys begin with {@code prefix}, as files. */
  List<Path> objects(String prefix) throws IOException {
    return objects(BUCKET, prefix);
  }

  List<Path> objects(String bucket, String prefix) throws IOException {
    Path root = folder.resolve("buckets").resolve(bucket);
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> root.relativize(file).toString().startsWith(prefix))
          .toList();
    }
  }

  @Override
  public void close() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }
}
