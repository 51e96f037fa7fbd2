package io.tidemark.jobs.coordinate.observe;

import java.io.Serializable;
import java.util.List;

/** Something to be looked at again and again, by one thread. */
interface Look extends AutoCloseable {
  /** Envelopes to the functions that what has changed concerns; at the first look everything. */
  List<byte[]> changes() throws Exception;

  @Override
  void close();

  /** Opens one where the job runs. */
  interface Opener extends Serializable {
    Look open();
  }
}
