package io.tidemark.standalone.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Health, status, metrics and administration over HTTP, on loopback only. */
public final class HttpEndpoint implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HttpEndpoint.class);
  private static final String NO_SUCH_PAGE =
      "no such page; there are /status, /status.json, /metrics, /healthz and /admin/jobs\n";

  private final HttpServer server;
  private final ExecutorService handlers;

  private HttpEndpoint(HttpServer server, ExecutorService handlers) {
    this.server = server;
    this.handlers = handlers;
  }

  /** Answers one path. */
  @FunctionalInterface
  public interface Handler {
    Answer answer(Request request) throws Exception;
  }

  /** What a handler gets to see: the method, and the query's decoded parameters. */
  public record Request(String method, java.util.Map<String, String> parameters) {}

  /** What goes back: the body is UTF-8. */
  public record Answer(int status, String contentType, String body) {
    public static Answer text(int status, String body) {
      return new Answer(status, "text/plain; charset=utf-8", body);
    }

    public static Answer json(int status, String body) {
      return new Answer(status, "application/json", body);
    }
  }

  /**
   * Listens at once and answers 503 until a path has a handler.
   *
   * @throws BindException if the port is taken; the message names it and the way out
   */
  public static HttpEndpoint listen(int port) throws IOException {
    HttpServer server;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    } catch (BindException e) {
      BindException named =
          new BindException(
              "HTTP port "
                  + port
                  + " is in use: stop what listens there, or give another with --http-port");
      named.initCause(e);
      throw named;
    }
    ExecutorService handlers = Executors.newVirtualThreadPerTaskExecutor();
    server.setExecutor(handlers);
    HttpEndpoint endpoint = new HttpEndpoint(server, handlers);
    server.createContext(
        "/", exchange -> endpoint.respond(exchange, request -> Answer.text(404, NO_SUCH_PAGE)));
    endpoint.handle("/healthz", request -> Answer.text(503, "starting\n"));
    server.start();
    return endpoint;
  }

  public int port() {
    return server.getAddress().getPort();
  }

  /** Gives a path its handler, instead of the one it had. */
  public synchronized void handle(String path, Handler handler) {
    try {
      server.removeContext(path);
    } catch (IllegalArgumentException e) {
      LOG.debug("new path {}", path);
    }
    server.createContext(path, exchange -> respond(exchange, handler));
  }

  private void respond(HttpExchange exchange, Handler handler) throws IOException {
    try (exchange) {
      Answer answer;
      try {
        answer =
            isOfWebPage(exchange)
                ? Answer.text(403, "requests of web pages change nothing here\n")
                : handler.answer(
                    new Request(
                        exchange.getRequestMethod(),
                        parameters(exchange.getRequestURI().getRawQuery())));
      } catch (Exception e) {
        LOG.warn("HTTP request failed path={}", exchange.getRequestURI().getPath(), e);
        answer = Answer.text(500, e.getMessage() + "\n");
      }
      byte[] body = answer.body().getBytes(UTF_8);
      exchange.getResponseHeaders().set("Content-Type", answer.contentType());
      exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    }
  }

  /** A browser lets any page post to loopback, and then says which. */
  private static boolean isOfWebPage(HttpExchange exchange) {
    return !exchange.getRequestMethod().equals("GET")
        && exchange.getRequestHeaders().containsKey("Origin");
  }

  private static java.util.Map<String, String> parameters(
      @org.jspecify.annotations.Nullable String query) {
    java.util.Map<String, String> parameters = new java.util.HashMap<>();
    if (query != null) {
      for (String pair : query.split("&", -1)) {
        int equals = pair.indexOf('=');
        if (equals > 0) {
          parameters.put(
              java.net.URLDecoder.decode(pair.substring(0, equals), UTF_8),
              java.net.URLDecoder.decode(pair.substring(equals + 1), UTF_8));
        }
      }
    }
    return java.util.Map.copyOf(parameters);
  }

  @Override
  public void close() {
    server.stop(0);
    handlers.shutdownNow();
  }
}
