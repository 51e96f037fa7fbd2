package io.tidemark.serving.read;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A test over a {@link ReadFixture} of one shard, which each test has for itself. */
abstract class OverReadFixture {
  @TempDir Path folder;
  ReadFixture fixture;

  @BeforeEach
  void open() {
    fixture = new ReadFixture(folder, 1);
  }

  @AfterEach
  void close() {
    fixture.close();
  }
}
