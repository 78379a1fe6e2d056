package io.skypanel.worker.network;

import io.skypanel.worker.settings.IpNetwork;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What this machine reaches by other ways than its default route. */
final class HostRoutes {
  private static final Path ROUTES = Path.of("/proc/net/route");
  private static final int DESTINATION = 1;
  private static final int MASK = 7;

  /** A VPN that wants everything takes the two halves of it. */
  private static final int HALF_OF_EVERYTHING = 1;

  private HostRoutes() {}

  /** As the kernel's main table has them now; none where there is no such table. */
  static List<IpNetwork> read() {
    try {
      return parse(Files.readAllLines(ROUTES));
    } catch (IOException noLinux) {
      return List.of();
    }
  }

  /** Reads lines of {@code /proc/net/route}: hexadecimal, in the byte order of this machine. */
  static List<IpNetwork> parse(List<String> lines) {
    return lines.stream()
        .skip(1)
        .map(line -> line.strip().split("\\s+"))
        .filter(columns -> columns.length > MASK)
        .map(columns -> network(columns[DESTINATION], columns[MASK]))
        .filter(network -> network.bits() > HALF_OF_EVERYTHING)
        .toList();
  }

  private static IpNetwork network(String destination, String mask) {
    return IpNetwork.ofIpv4(number(destination), Integer.bitCount(number(mask)));
  }

  private static int number(String hexadecimal) {
    int asWritten = Integer.parseUnsignedInt(hexadecimal, 16);
    boolean little = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
    return little ? Integer.reverseBytes(asWritten) : asWritten;
  }
}
