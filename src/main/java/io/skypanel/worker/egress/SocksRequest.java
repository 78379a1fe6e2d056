package io.skypanel.worker.egress;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;

/**
 * Where a client of the proxy wants to be connected to (SOCKS 5, RFC 1928, no login).
 *
 * @param host a name or an address
 */
record SocksRequest(String host, int port) {
  private static final int VERSION = 5;
  private static final int CONNECT = 1;
  private static final int IPV4 = 1;
  private static final int NAME = 3;
  private static final int IPV6 = 4;

  /** Reads greeting and request, and answers that the connection is there. */
  static SocksRequest accept(DataInputStream in, OutputStream out) throws IOException {
    expect(in, VERSION);
    in.readFully(new byte[in.readUnsignedByte()]);
    out.write(new byte[] {VERSION, 0});
    expect(in, VERSION);
    expect(in, CONNECT);
    in.readUnsignedByte();
    int kind = in.readUnsignedByte();
    String host =
        switch (kind) {
          case IPV4 -> InetAddress.getByAddress(read(in, 4)).getHostAddress();
          case IPV6 -> InetAddress.getByAddress(read(in, 16)).getHostAddress();
          case NAME -> new String(read(in, in.readUnsignedByte()), StandardCharsets.ISO_8859_1);
          default -> throw new IOException("SOCKS address of kind " + kind);
        };
    SocksRequest request = new SocksRequest(host, in.readUnsignedShort());
    out.write(new byte[] {VERSION, 0, 0, IPV4, 0, 0, 0, 0, 0, 0});
    return request;
  }

  /** Asks a proxy for the connection; what follows on both streams is the host's. */
  void send(DataInputStream in, OutputStream out) throws IOException {
    byte[] name = host.getBytes(StandardCharsets.ISO_8859_1);
    if (name.length > 255) {
      throw new IOException("a host's name has 255 bytes at most");
    }
    out.write(new byte[] {VERSION, 1, 0});
    expect(in, VERSION);
    expect(in, 0);
    byte[] request = new byte[7 + name.length];
    request[0] = VERSION;
    request[1] = CONNECT;
    request[3] = NAME;
    request[4] = (byte) name.length;
    System.arraycopy(name, 0, request, 5, name.length);
    request[5 + name.length] = (byte) (port >> 8);
    request[6 + name.length] = (byte) port;
    out.write(request);
    expect(in, VERSION);
    expect(in, 0);
    in.readFully(new byte[8]);
  }

  private static byte[] read(DataInputStream in, int length) throws IOException {
    byte[] bytes = new byte[length];
    in.readFully(bytes);
    return bytes;
  }

  private static void expect(DataInputStream in, int wanted) throws IOException {
    int found = in.readUnsignedByte();
    if (found != wanted) {
      throw new IOException("not SOCKS 5: " + found + " where " + wanted + " was expected");
    }
  }
}
