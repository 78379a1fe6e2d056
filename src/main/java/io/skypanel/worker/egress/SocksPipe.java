package io.skypanel.worker.egress;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;

/**
 * A program of its own, which ssh runs as its {@code ProxyCommand}: standard input and output, by
 * way of the worker's proxy, to a host. ssh itself knows no proxy, and no other program that does
 * is sure to be installed.
 */
public final class SocksPipe {
  private SocksPipe() {}

  /**
   * @param arguments the proxy's port on loopback, then host and port to be connected to
   */
  public static void main(String[] arguments) throws IOException {
    int proxy = Integer.parseInt(arguments[0]);
    var wanted = new SocksRequest(arguments[1], Integer.parseInt(arguments[2]));
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy)) {
      socket.setTcpNoDelay(true);
      DataInputStream in = new DataInputStream(socket.getInputStream());
      wanted.send(in, socket.getOutputStream());
      Thread up = new Thread(() -> upload(socket), "upload");
      up.setDaemon(true);
      up.start();
      copy(in, System.out);
    }
  }

  private static void upload(Socket socket) {
    try {
      copy(System.in, socket.getOutputStream());
      socket.shutdownOutput();
    } catch (IOException e) {
      // the other direction ends too, and with it the program
    }
  }

  private static void copy(InputStream in, OutputStream out) throws IOException {
    byte[] buffer = new byte[64 * 1024];
    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
      out.write(buffer, 0, read);
      out.flush();
    }
  }
}
