package io.skypanel.worker.redact;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Tokens that their issuers begin in a way of their own, so that they are told whatever follows.
 * Beginnings that are words too ({@code npm_config_…}, {@code ASIAPACIFIC…}) want more.
 */
final class KnownTokens {
  private static final Pattern TOKEN =
      Pattern.compile(
          "(?<![A-Za-z0-9])(?:"
              + "xox[abeprs]-[A-Za-z0-9-]{12,}" // Slack
              + "|gh[opusr]_[A-Za-z0-9]{12,}|github_pat_[A-Za-z0-9_]{12,}"
              + "|glpat-[A-Za-z0-9_.-]{12,}" // GitLab
              + "|hf_(?=[a-z]*[A-Z0-9])[A-Za-z0-9]{12,}" // Hugging Face
              + "|[rs]k_(?:live|test)_[A-Za-z0-9]{12,}" // Stripe
              + "|npm_(?=[a-z]*[A-Z0-9])[A-Za-z0-9]{12,}"
              + "|pypi-AgE[A-Za-z0-9_-]{12,}"
              + "|hvs\\.[A-Za-z0-9_-]{20,}" // Vault
              + "|AKIA[A-Z0-9]{12,}|ASIA(?=[A-Z]*[0-9])[A-Z0-9]{12,}" // AWS
              + "|GOCSPX-[A-Za-z0-9_-]{12,}" // Google
              + "|SG\\.[A-Za-z0-9_-]{12,}\\.[A-Za-z0-9_-]{12,}" // SendGrid
              + "|dop_v1_[A-Za-z0-9]{12,}" // DigitalOcean
              + ")");

  private KnownTokens() {}

  /** Those in a text, wherever they stand in it. */
  static List<String> in(String text) {
    return TOKEN.matcher(text).results().map(MatchResult::group).toList();
  }
}
