package io.tidemark.standalone.shell;

import java.net.InetSocketAddress;
import java.util.Objects;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.table.client.gateway.SingleSessionManager;
import org.apache.flink.table.gateway.api.operation.OperationHandle;
import org.apache.flink.table.gateway.api.results.ResultSet;
import org.apache.flink.table.gateway.api.session.SessionHandle;
import org.apache.flink.table.gateway.rest.SqlGatewayRestEndpoint;
import org.apache.flink.table.gateway.service.SqlGatewayServiceImpl;
import org.apache.flink.table.gateway.service.context.DefaultContext;
import org.apache.flink.table.gateway.service.session.SessionManager;

/**
 * Flink's SQL gateway for the client in this process, on a free port of the loopback. Flink's
 * client asks for more rows again and again without a pause, which keeps a core busy for as long as
 * a query has nothing to show; here it is answered a little later when there is nothing.
 */
final class PatientGateway implements AutoCloseable {
  private static final String LOOPBACK = "localhost";
  private static final long PAUSE_MIN_MS = 20;
  private static final long PAUSE_MAX_MS = 320;

  private final SessionManager sessions;
  private final SqlGatewayRestEndpoint endpoint;

  private PatientGateway(SessionManager sessions, SqlGatewayRestEndpoint endpoint) {
    this.sessions = sessions;
    this.endpoint = endpoint;
  }

  static PatientGateway start(DefaultContext context) throws Exception {
    Configuration configuration = new Configuration();
    configuration.set(RestOptions.ADDRESS, LOOPBACK);
    configuration.set(RestOptions.BIND_ADDRESS, LOOPBACK);
    configuration.set(RestOptions.BIND_PORT, "0");
    SessionManager sessions = new SingleSessionManager(context);
    SqlGatewayRestEndpoint endpoint =
        new SqlGatewayRestEndpoint(configuration, new PatientService(sessions));
    PatientGateway gateway = new PatientGateway(sessions, endpoint);
    sessions.start();
    endpoint.start();
    return gateway;
  }

  InetSocketAddress address() {
    return InetSocketAddress.createUnresolved(
        LOOPBACK, Objects.requireNonNull(endpoint.getServerAddress(), "not started").getPort());
  }

  @Override
  public void close() throws Exception {
    try {
      endpoint.stop();
    } finally {
      sessions.stop();
    }
  }

  private static final class PatientService extends SqlGatewayServiceImpl {
    /** Of the one client there is; doubled each time that there is nothing. */
    private volatile long pauseMs = PAUSE_MIN_MS;

    PatientService(SessionManager sessions) {
      super(sessions);
    }

    @Override
    public ResultSet fetchResults(
        SessionHandle session, OperationHandle operation, long token, int rowsMax) {
      ResultSet results = super.fetchResults(session, operation, token, rowsMax);
      if (results.getResultType() == ResultSet.ResultType.PAYLOAD && results.getData().isEmpty()) {
        try {
          Thread.sleep(pauseMs);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
        pauseMs = Math.min(PAUSE_MAX_MS, pauseMs * 2);
      } else {
        pauseMs = PAUSE_MIN_MS;
      }
      return results;
    }
  }
}
