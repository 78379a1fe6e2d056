package io.skypanel.worker.engine;

import com.github.dockerjava.transport.DockerHttpClient;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Bounds the engine's answers about one image. A Dockerfile fills that record as it likes, so that
 * whole it may be larger than this process's memory: {@code ENV A=$A$A} doubles it. Thread-safe.
 */
final class ImageRecordLimit implements DockerHttpClient {
  static final int MAX_BYTES = 1 << 20;
  private static final Pattern ONE_IMAGE = Pattern.compile("/images/.+/json(?:\\?.*)?");

  private final DockerHttpClient engine;

  ImageRecordLimit(DockerHttpClient engine) {
    this.engine = engine;
  }

  @Override
  public Response execute(Request request) {
    Response response = engine.execute(request);
    return ONE_IMAGE.matcher(request.path()).find() ? new Bounded(response) : response;
  }

  @Override
  public void close() throws IOException {
    engine.close();
  }

  private record Bounded(Response response) implements Response {
    @Override
    public int getStatusCode() {
      return response.getStatusCode();
    }

    @Override
    public Map<String, List<String>> getHeaders() {
      return response.getHeaders();
    }

    @Override
    public InputStream getBody() {
      return new Counted(response.getBody());
    }

    @Override
    public void close() {
      response.close();
    }
  }

  private static final class Counted extends FilterInputStream {
    private int left = MAX_BYTES;

    Counted(InputStream body) {
      super(body);
    }

    @Override
    public int read() throws IOException {
      return count(super.read(), 1);
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int read = super.read(target, offset, length);
      return count(read, read);
    }

    private int count(int result, int bytes) throws ImageRecordTooLarge {
      left -= Math.max(0, bytes);
      if (result >= 0 && left < 0) {
        throw new ImageRecordTooLarge();
      }
      return result;
    }
  }
}
