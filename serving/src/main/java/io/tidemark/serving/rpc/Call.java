package io.tidemark.serving.rpc;

import io.grpc.Context;
import io.grpc.Deadline;
import io.tidemark.model.collection.CollectionInfo;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * What a handler knows of its request beside the message.
 *
 * @param kind the method's name, for logs and messages
 * @param headerDatabase of the {@code dbname} header; may be empty
 * @param timeout what is left until the client's deadline, or until the server's own if it brought
 *     none
 */
record Call(String kind, String headerDatabase, Duration timeout) {

  /** The current call's, made on its thread. */
  static Call current(String kind, Duration defaultTimeout) {
    Deadline deadline = Context.current().getDeadline();
    Duration timeout = defaultTimeout;
    if (deadline != null) {
      timeout = Duration.ofNanos(Math.max(1, deadline.timeRemaining(TimeUnit.NANOSECONDS)));
    }
    String database = RequestHeaders.DATABASE.get();
    return new Call(kind, database == null ? "" : database, timeout);
  }

  /** The request's database, else the connection's, else the default. */
  String database(String requested) {
    if (!requested.isEmpty()) {
      return requested;
    }
    return headerDatabase.isEmpty() ? CollectionInfo.DEFAULT_DATABASE : headerDatabase;
  }
}
