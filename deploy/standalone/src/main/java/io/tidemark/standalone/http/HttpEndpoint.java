package io.tidemark.standalone.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Health, status, metrics and administration over HTTP, on loopback only. */
public final class HttpEndpoint implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HttpEndpoint.class);
  private static final String NO_SUCH_PAGE =
      "no such page; there are /status, /status.json, /metrics, /healthz, /admin/jobs, /admin/stores, /admin/explain and /admin/recall\n";
  private static final Set<String> READING = Set.of("GET", "HEAD");

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
  public record Request(String method, Map<String, String> parameters) {}

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
        "/",
        exchange ->
            endpoint.respond(exchange, Set.of(), request -> Answer.text(404, NO_SUCH_PAGE)));
    endpoint.handle("/healthz", request -> Answer.text(503, "starting\n"));
    server.start();
    return endpoint;
  }

  public int port() {
    return server.getAddress().getPort();
  }

  /** Gives a path its handler, instead of the one it had; it is only read, and may be watched. */
  public void handle(String path, Handler handler) {
    handle(path, READING, handler);
  }

  /**
   * As {@link #handle(String, Handler)}.
   *
   * @param methods that the handler knows; others are refused, and a HEAD is a GET without its body
   */
  public synchronized void handle(String path, Set<String> methods, Handler handler) {
    try {
      server.removeContext(path);
    } catch (IllegalArgumentException e) {
      LOG.debug("new path {}", path);
    }
    server.createContext(
        path,
        exchange -> {
          boolean exact = exchange.getRequestURI().getPath().equals(path);
          respond(
              exchange,
              exact ? methods : Set.of(),
              exact ? handler : request -> Answer.text(404, NO_SUCH_PAGE));
        });
  }

  /**
   * @param methods empty for any
   */
  private void respond(HttpExchange exchange, Set<String> methods, Handler handler)
      throws IOException {
    try (exchange) {
      Answer answer;
      try {
        answer = answer(exchange, methods, handler);
      } catch (Exception e) {
        LOG.warn("HTTP request failed path={}", exchange.getRequestURI().getPath(), e);
        answer = Answer.text(500, (e.getMessage() == null ? e.toString() : e.getMessage()) + "\n");
      }
      byte[] body = answer.body().getBytes(UTF_8);
      boolean bodiless = body.length == 0 || exchange.getRequestMethod().equals("HEAD");
      exchange.getResponseHeaders().set("Content-Type", answer.contentType());
      exchange.sendResponseHeaders(answer.status(), bodiless ? -1 : body.length);
      if (!bodiless) {
        exchange.getResponseBody().write(body);
      }
    }
  }

  private static Answer answer(HttpExchange exchange, Set<String> methods, Handler handler)
      throws Exception {
    String method = exchange.getRequestMethod();
    if (isOfWebPage(exchange)) {
      return Answer.text(403, "requests of web pages change nothing here\n");
    }
    if (!methods.isEmpty() && !methods.contains(method)) {
      String allowed = String.join(", ", new TreeSet<>(methods));
      exchange.getResponseHeaders().set("Allow", allowed);
      return Answer.text(405, method + " is not for this page, use " + allowed + "\n");
    }
    if (hasBody(exchange)) {
      return Answer.text(
          400, "no page here reads a body: give parameters in the address, after a '?'\n");
    }
    Map<String, String> parameters;
    try {
      parameters = QueryParameters.parse(exchange.getRequestURI().getRawQuery());
    } catch (IllegalArgumentException e) {
      return Answer.text(400, e.getMessage() + "\n");
    }
    return handler.answer(new Request(method.equals("HEAD") ? "GET" : method, parameters));
  }

  private static boolean hasBody(HttpExchange exchange) {
    String length = exchange.getRequestHeaders().getFirst("Content-Length");
    return exchange.getRequestHeaders().containsKey("Transfer-Encoding")
        || (length != null && !length.strip().equals("0"));
  }

  /** A browser lets any page post to loopback, and then says which. */
  private static boolean isOfWebPage(HttpExchange exchange) {
    return !READING.contains(exchange.getRequestMethod())
        && exchange.getRequestHeaders().containsKey("Origin");
  }

  @Override
  public void close() {
    server.stop(0);
    handlers.shutdownNow();
  }
}
