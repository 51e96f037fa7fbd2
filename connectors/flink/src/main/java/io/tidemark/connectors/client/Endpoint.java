package io.tidemark.connectors.client;

import io.tidemark.model.error.TidemarkException;
import java.io.Serializable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a running Tidemark is.
 *
 * @param grpc {@code host:port}; given with {@code http://} or {@code tcp://} before it, that is
 *     taken off
 * @param http base URI of status and administration, without a slash at its end
 * @param token {@code user:password} or an API key, or null for none; never shown
 */
public record Endpoint(String grpc, String http, @Nullable String token) implements Serializable {
  public static final String DEFAULT_GRPC = "localhost:19530";
  public static final String DEFAULT_HTTP = "http://localhost:9091";
  private static final int HTTP_PORT = 9091;
  private static final Pattern ADDRESS =
      Pattern.compile("([^/:\\s]+|\\[[0-9a-fA-F:.]+]):(\\d{1,5})");

  public Endpoint {
    grpc = grpc.trim().replaceFirst("^(?:http|tcp|grpc)://", "").replaceFirst("/+$", "");
    if (!ADDRESS.matcher(grpc).matches()) {
      throw TidemarkException.invalid(
          "endpoint '" + grpc + "' is no host:port; write it like " + DEFAULT_GRPC);
    }
    http = http.trim().replaceFirst("/+$", "");
    if (!http.startsWith("http://") && !http.startsWith("https://")) {
      throw TidemarkException.invalid(
          "HTTP endpoint '" + http + "' is no http URI; write it like " + DEFAULT_HTTP);
    }
    token = token == null || token.isBlank() ? null : token;
  }

  /** HTTP on the same host's port 9091, no token. */
  public static Endpoint of(String grpc) {
    Matcher address = ADDRESS.matcher(grpc.replaceFirst("^\\w+://", "").replaceFirst("/+$", ""));
    String host = address.matches() ? address.group(1) : "localhost";
    return new Endpoint(grpc, "http://" + host + ":" + HTTP_PORT, null);
  }

  @Override
  public String toString() {
    return "Endpoint[grpc=" + grpc + ", http=" + http + (token == null ? "]" : ", token=…]");
  }
}
