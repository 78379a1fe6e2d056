package io.skypanel.worker.settings;

import static io.skypanel.worker.settings.SettingsReader.require;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The part of the table of settings that says what keeps apps apart. */
final class AppIsolationTable {
  private static final Pattern ULIMIT =
      Pattern.compile(
          "(core|cpu|data|fsize|locks|memlock|msgqueue|nice|nofile|nproc|rss|rtprio|rttime"
              + "|sigpending|stack)=(-1|\\d{1,18})(?::(-1|\\d{1,18}))?");

  /** What any engine can give: more than its own limits it may not be able to. */
  private static final String ULIMITS = "core=0";

  private AppIsolationTable() {}

  static AppIsolation read(SettingsReader in) {
    return new AppIsolation(
        in.read(
            Setting.APP_RUNTIME,
            Optional.empty(),
            "the name of a runtime of the engine's, such as runsc",
            v -> Optional.of(require(v.matches("[A-Za-z0-9][A-Za-z0-9._-]*"), v))),
        in.oneOf(Setting.APP_USERNS, AppIsolation.Users.DEFAULT),
        in.read(
            Setting.APP_ULIMITS,
            ulimits(ULIMITS),
            "name=soft or name=soft:hard, several with ',' between them, such as core=0,nofile=65536",
            AppIsolationTable::ulimits),
        in.oneOf(Setting.APP_NETWORK, AppIsolation.Networks.ORGANIZATION),
        in.read(
            Setting.APP_NETWORK_POOL,
            NetworkPool.DEFAULT,
            "base=addresses,size=bits of one network (29 at most), such as " + NetworkPool.DEFAULT,
            NetworkPool::parse),
        in.flag(Setting.APP_FIREWALL));
  }

  private static List<AppIsolation.Ulimit> ulimits(String text) {
    return Stream.of(text.split(",")).map(String::strip).map(AppIsolationTable::ulimit).toList();
  }

  private static AppIsolation.Ulimit ulimit(String text) {
    Matcher parts = ULIMIT.matcher(text);
    require(parts.matches(), text);
    long soft = Long.parseLong(parts.group(2));
    long hard = parts.group(3) == null ? soft : Long.parseLong(parts.group(3));
    require(hard == -1 || soft != -1 && soft <= hard, text);
    return new AppIsolation.Ulimit(parts.group(1), soft, hard);
  }
}
