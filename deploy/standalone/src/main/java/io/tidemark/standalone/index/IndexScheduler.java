package io.tidemark.standalone.index;
import io.tidemark.standalone.http.HttpEndpoint.*;
public final class IndexScheduler implements AutoCloseable {
  public String summary() { return "-"; }
  public long finished() { return 0; }
  public long failed() { return 0; }
  public void close() {}
}
