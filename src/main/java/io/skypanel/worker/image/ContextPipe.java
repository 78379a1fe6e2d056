package io.skypanel.worker.image;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A build context to read from, which a thread of its own writes while it is read. It holds half a
 * megabyte at most. A failure of the writer fails the reader, so that an archive is never taken for
 * whole that is not. Reading is for one thread; closing for any.
 */
final class ContextPipe extends InputStream {
  private static final int CHUNK_BYTES = 64 * 1024;
  private static final int CHUNKS = 8;
  private static final byte[] END = {};

  private final ContextArchive archive;
  private final BlockingQueue<byte[]> queue = new ArrayBlockingQueue<>(CHUNKS);
  private final Thread writer;
  private volatile boolean closed;
  private volatile IOException failure;
  private volatile boolean whole;
  private byte[] chunk = {};
  private int position;
  private boolean ended;

  private ContextPipe(ContextArchive archive, String name) {
    this.archive = archive;
    this.writer = new Thread(this::write, "context of " + name);
    writer.setDaemon(true);
  }

  /** Starts writing {@code archive}; {@code name} is for the thread. */
  static ContextPipe open(ContextArchive archive, String name) {
    ContextPipe pipe = new ContextPipe(archive, name);
    pipe.writer.start();
    return pipe;
  }

  /** What went wrong with the files; empty when it was closed early. */
  Optional<IOException> failure() {
    return Optional.ofNullable(failure);
  }

  @Override
  public int read() throws IOException {
    return fill() ? chunk[position++] & 0xff : -1;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int count = Math.min(length, chunk.length - position);
    System.arraycopy(chunk, position, target, offset, count);
    position += count;
    return count;
  }

  /** Ends reader and writer, at once; what was not read is lost. */
  @Override
  public void close() {
    if (!ended) {
      closed = true;
    }
    writer.interrupt();
    queue.clear();
  }

  private boolean fill() throws IOException {
    while (!ended && position == chunk.length) {
      byte[] next = poll();
      if (next == END) {
        if (failure != null) {
          throw new IOException(failure.getMessage(), failure);
        }
        if (!whole) {
          throw new IOException("the build context can't be read to its end");
        }
        ended = true;
      } else {
        chunk = next;
        position = 0;
      }
    }
    return !ended;
  }

  private byte[] poll() throws IOException {
    try {
      byte[] next = null;
      while (next == null) {
        if (closed) {
          throw new IOException("the build context was closed");
        }
        next = queue.poll(100, TimeUnit.MILLISECONDS);
      }
      return next;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while sending the build context");
    }
  }

  private void write() {
    try {
      archive.writeTo(new Chunks());
      whole = true;
    } catch (IOException e) {
      fail(e);
    } catch (RuntimeException | Error e) {
      fail(new IOException("the build context can't be read: " + e, e));
    } finally {
      // even if there is no memory to say why: the reader would wait for ever
      end();
    }
  }

  private void end() {
    try {
      put(END);
    } catch (IOException e) {
      // closed: nobody reads it any more
    }
  }

  private void fail(IOException e) {
    if (!closed) {
      failure = e;
    }
  }

  private void put(byte[] next) throws IOException {
    try {
      while (!closed) {
        if (queue.offer(next, 100, TimeUnit.MILLISECONDS)) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new IOException("the build context was closed");
  }

  /** Collects what the archive writes, which comes in blocks of 512 bytes. */
  private final class Chunks extends OutputStream {
    private byte[] buffer = new byte[CHUNK_BYTES];
    private int filled;

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
      int from = offset;
      int left = length;
      while (left > 0) {
        int count = Math.min(left, CHUNK_BYTES - filled);
        System.arraycopy(source, from, buffer, filled, count);
        filled += count;
        from += count;
        left -= count;
        if (filled == CHUNK_BYTES) {
          flush();
        }
      }
    }

    @Override
    public void flush() throws IOException {
      if (filled > 0) {
        put(filled == CHUNK_BYTES ? buffer : Arrays.copyOf(buffer, filled));
        buffer = new byte[CHUNK_BYTES];
        filled = 0;
      }
    }
  }
}
