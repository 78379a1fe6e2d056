package io.skypanel.worker;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** A package index with one package, {@code greeting} 1.0, as pip reads it (PEP 503). */
final class PythonIndex implements AutoCloseable {
  private static final String WHEEL = "greeting-1.0-py3-none-any.whl";

  private final HttpServer server;

  private PythonIndex(HttpServer server) {
    this.server = server;
  }

  static PythonIndex open(String address) throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress(address, 0), 0);
    serve(server, "/simple/greeting/", "text/html", page());
    serve(server, "/files/" + WHEEL, "application/octet-stream", wheel());
    server.start();
    return new PythonIndex(server);
  }

  private static void serve(HttpServer server, String path, String type, byte[] bytes) {
    server.createContext(
        path,
        exchange -> {
          exchange.getResponseHeaders().set("Content-Type", type);
          exchange.sendResponseHeaders(200, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
  }

  private static byte[] page() {
    return ("<!DOCTYPE html><a href=\"/files/" + WHEEL + "\">" + WHEEL + "</a>")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] wheel() throws IOException {
    Map<String, String> files = new LinkedHashMap<>();
    files.put("greeting.py", "def text():\n    return 'a greeting out of a package'\n");
    String info = "greeting-1.0.dist-info/";
    files.put(info + "METADATA", "Metadata-Version: 2.1\nName: greeting\nVersion: 1.0\n");
    files.put(
        info + "WHEEL",
        "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n");
    files.put(info + "RECORD", "greeting.py,,\n" + info + "METADATA,,\n" + info + "WHEEL,,\n");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, String> file : files.entrySet()) {
        zip.putNextEntry(new ZipEntry(file.getKey()));
        zip.write(file.getValue().getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
      }
    }
    return bytes.toByteArray();
  }

  /** The variables by which pip finds it. */
  Map<String, String> variables() {
    String host = server.getAddress().getHostString();
    return Map.of(
        "PIP_INDEX_URL",
        "http://" + host + ":" + server.getAddress().getPort() + "/simple/",
        "PIP_TRUSTED_HOST",
        host);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
