/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config/tls-level-private.h"

#define BIT(level) (1u << NULLMAIL_TLS_LEVEL_##level)

/* What each level is, in words instead of an order: DANE, for one, is stronger than ENCRYPT where
 * the relay's zone is signed, and no better than MAY where it is not. */
static const struct
{
  const char      *word;
  gboolean         requires_tls;
  gboolean         needs_ca;
  NullmailChannel  channel;
  guint            guarantees;  /* the levels that it gives at least as much as */
} levels[] = {
  [NULLMAIL_TLS_LEVEL_AUTO] = { "auto", FALSE, FALSE, NULLMAIL_CHANNEL_PLAIN, 0 },
  [NULLMAIL_TLS_LEVEL_NONE] = { "none", FALSE, FALSE, NULLMAIL_CHANNEL_PLAIN, BIT (NONE) },
  [NULLMAIL_TLS_LEVEL_MAY] =
    { "may", FALSE, FALSE, NULLMAIL_CHANNEL_PLAIN, BIT (NONE) | BIT (MAY) },
  [NULLMAIL_TLS_LEVEL_ENCRYPT] =
    { "encrypt", TRUE, FALSE, NULLMAIL_CHANNEL_ENCRYPTED, BIT (NONE) | BIT (MAY) | BIT (ENCRYPT) },
  [NULLMAIL_TLS_LEVEL_DANE] =
    { "dane", FALSE, FALSE, NULLMAIL_CHANNEL_VERIFIED, BIT (NONE) | BIT (MAY) | BIT (DANE) },
  [NULLMAIL_TLS_LEVEL_DANE_ONLY] =
    { "dane-only", TRUE, FALSE, NULLMAIL_CHANNEL_VERIFIED,
      BIT (NONE) | BIT (MAY) | BIT (ENCRYPT) | BIT (DANE) | BIT (DANE_ONLY) | BIT (VERIFY)
      | BIT (SECURE) },
  [NULLMAIL_TLS_LEVEL_FINGERPRINT] =
    { "fingerprint", TRUE, FALSE, NULLMAIL_CHANNEL_VERIFIED,
      BIT (NONE) | BIT (MAY) | BIT (ENCRYPT) | BIT (FINGERPRINT) | BIT (VERIFY) | BIT (SECURE) },
  [NULLMAIL_TLS_LEVEL_VERIFY] =
    { "verify", TRUE, TRUE, NULLMAIL_CHANNEL_VERIFIED,
      BIT (NONE) | BIT (MAY) | BIT (ENCRYPT) | BIT (VERIFY) },
  [NULLMAIL_TLS_LEVEL_SECURE] =
    { "secure", TRUE, TRUE, NULLMAIL_CHANNEL_VERIFIED,
      BIT (NONE) | BIT (MAY) | BIT (ENCRYPT) | BIT (VERIFY) | BIT (SECURE) },
};

NullmailTlsLevel
_nullmail_tls_level_parse (const char *text)
{
  for (guint i = NULLMAIL_TLS_LEVEL_NONE; i < G_N_ELEMENTS (levels); i++)
    if (g_ascii_strcasecmp (text, levels[i].word) == 0)
      return (NullmailTlsLevel) i;

  return NULLMAIL_TLS_LEVEL_AUTO;
}

const char *
_nullmail_tls_level_to_string (NullmailTlsLevel level)
{
  return levels[level].word;
}

gboolean
_nullmail_tls_level_requires_tls (NullmailTlsLevel level)
{
  return levels[level].requires_tls;
}

gboolean
_nullmail_tls_level_needs_ca (NullmailTlsLevel level)
{
  return levels[level].needs_ca;
}

gboolean
_nullmail_tls_level_guarantees (NullmailTlsLevel level,
                                NullmailTlsLevel wanted)
{
  return (levels[level].guarantees & (1u << wanted)) != 0;
}

NullmailChannel
_nullmail_tls_level_get_channel (NullmailTlsLevel level)
{
  return levels[level].channel;
}

NullmailTlsLevel
_nullmail_tls_level_derive (const NullmailRelayHost *relay_host,
                            gboolean                 authentication)
{
  guint port = relay_host != NULL ? nullmail_relay_host_get_port (relay_host) : 0;

  return authentication || port == 587 || port == 465 ? NULLMAIL_TLS_LEVEL_SECURE
                                                      : NULLMAIL_TLS_LEVEL_MAY;
}
