/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config/tls-strength-private.h"

#include "config/tls-versions-private.h"
#include "document/value-list-private.h"

/* The parameters of one set, and what they have where main.cf does not say it, which is the same in
 * every Postfix. */
typedef struct
{
  const char *ciphers;
  const char *protocols;
} Set;

static const Set without_tls = { "smtp_tls_ciphers", "smtp_tls_protocols" };
static const Set mandatory = { "smtp_tls_mandatory_ciphers", "smtp_tls_mandatory_protocols" };

#define DEFAULT_CIPHERS "medium"
#define DEFAULT_PROTOCOLS ">=TLSv1"
#define EXCLUDED "smtp_tls_exclude_ciphers"
#define MANDATORY_EXCLUDED "smtp_tls_mandatory_exclude_ciphers"

NullmailCipherGrade
_nullmail_cipher_grade_parse (const char *text)
{
  static const char *const words[] = {
    [NULLMAIL_CIPHERS_NULL] = "null",
    [NULLMAIL_CIPHERS_EXPORT] = "export",
    [NULLMAIL_CIPHERS_LOW] = "low",
    [NULLMAIL_CIPHERS_MEDIUM] = "medium",
    [NULLMAIL_CIPHERS_HIGH] = "high",
  };

  for (guint i = NULLMAIL_CIPHERS_NULL; i < G_N_ELEMENTS (words); i++)
    if (g_ascii_strcasecmp (text, words[i]) == 0)
      return (NullmailCipherGrade) i;

  return NULLMAIL_CIPHERS_INVALID;
}

/* (transfer full): the items of what the policy has, or else the parameter; a colon parts them as
 * well. */
static char **
list_items (NullmailEffective   *effective,
            NullmailRelayPolicy *policy,
            const char          *attribute,
            const char          *parameter,
            const char          *by_default)
{
  g_auto(GStrv) items = _nullmail_relay_policy_list_items (policy, attribute);
  g_autofree char *text = NULL;

  if (items == NULL && nullmail_main_cf_has_value (_nullmail_effective_get_main_cf (effective),
                                                   parameter))
    items = _nullmail_effective_get_list (effective, parameter);
  text = items != NULL ? g_strjoinv (" ", items) : g_strdup (by_default);
  g_strdelimit (text, ":", ' ');

  return _nullmail_text_split_list (text);
}

/* Adds what one set takes to what another one does. At what Postfix does not understand there is no
 * TLS at all. */
static void
add_set (NullmailTlsStrength *self,
         NullmailEffective   *effective,
         NullmailRelayPolicy *policy,
         const Set           *set)
{
  g_auto(GStrv) grades = list_items (effective, policy, "ciphers", set->ciphers, DEFAULT_CIPHERS);
  g_auto(GStrv) items = list_items (effective, policy, "protocols", set->protocols,
                                    DEFAULT_PROTOCOLS);
  NullmailCipherGrade grade = _nullmail_cipher_grade_parse (grades[0] != NULL ? grades[0] : "");
  guint versions = 0;

  if (grade != NULLMAIL_CIPHERS_INVALID)
    self->grade = MIN (self->grade, grade);
  if (_nullmail_tls_versions_parse ((const char * const *) items, &versions))
    self->versions |= versions;
}

void
_nullmail_tls_strength_read (NullmailTlsStrength *self,
                             NullmailEffective   *effective,
                             NullmailRelayPolicy *policy,
                             gboolean             may_do_without,
                             gboolean             requires)
{
  g_auto(GStrv) excluded = list_items (effective, policy, "exclude", EXCLUDED, "");
  g_auto(GStrv) more = list_items (effective, policy, "exclude",
                                   may_do_without ? EXCLUDED : MANDATORY_EXCLUDED, "");
  g_autoptr(GStrvBuilder) all = g_strv_builder_new ();

  *self = (NullmailTlsStrength) { .grade = NULLMAIL_CIPHERS_HIGH };
  if (may_do_without)
    add_set (self, effective, policy, &without_tls);
  if (requires)
    add_set (self, effective, policy, &mandatory);

  g_strv_builder_addv (all, (const char **) excluded);
  g_strv_builder_addv (all, (const char **) more);
  self->excluded = g_strv_builder_end (all);
}

void
_nullmail_tls_strength_clear (NullmailTlsStrength *self)
{
  g_clear_pointer (&self->excluded, g_strfreev);
}

gboolean
_nullmail_tls_strength_is_less (const NullmailTlsStrength *before,
                                const NullmailTlsStrength *after)
{
  if (after->grade < before->grade || (after->versions & ~before->versions) != 0)
    return TRUE;

  for (guint i = 0; before->excluded[i] != NULL; i++)
    if (!g_strv_contains ((const char * const *) after->excluded, before->excluded[i]))
      return TRUE;

  return FALSE;
}
