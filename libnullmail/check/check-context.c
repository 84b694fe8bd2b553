/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "check/check-context-private.h"

#include <stdarg.h>
#include <string.h>

#include "config/relay-policy-private.h"
#include "document/master-cf-private.h"
#include "enum-types.h"

static NullmailTlsLevel
find_relay_level (NullmailCheck *self)
{
  g_auto(NullmailRelayPolicy) policy = { .parameter = NULL };

  _nullmail_relay_policy_find (&policy, self->effective, self->relay);

  return !policy.is_open && policy.level != NULLMAIL_TLS_LEVEL_AUTO
         && _nullmail_tls_level_guarantees (policy.level, self->level) ? policy.level
                                                                      : self->level;
}

char *
_nullmail_check_get_transport (NullmailEffective *effective)
{
  char *transport = _nullmail_effective_get_value (effective, "default_transport");

  if (transport == NULL)
    return g_strdup ("smtp");

  transport[strcspn (transport, ":")] = '\0';
  return transport;
}

gboolean
_nullmail_check_has_routes (NullmailCheck *self)
{
  return _nullmail_effective_has_text (self->effective, "sender_dependent_relayhost_maps")
         || _nullmail_effective_has_text (self->effective,
                                          "sender_dependent_default_transport_maps")
         || _nullmail_effective_has_text (self->effective, "transport_maps");
}

/* (transfer full) (nullable): main.cf with the parameters of Postfix's client that master.cf sets
 * for it; NULL where it sets none. */
static NullmailEffective *
read_as_client (const NullmailCheckSnapshot *snapshot)
{
  NullmailEffective *effective = snapshot->effective;
  g_autofree char *service = NULL;
  g_autoptr(NullmailMainCf) main_cf = NULL;

  for (guint i = 0; snapshot->master_options != NULL && i < snapshot->master_options->len; i++)
    {
      const NullmailMasterOption *option = g_ptr_array_index (snapshot->master_options, i);
      g_autofree char *transport = NULL;
      g_autofree char *value = NULL;

      if (!g_str_has_prefix (option->name, "smtp_"))
        continue;
      if (service == NULL)
        {
          transport = _nullmail_check_get_transport (effective);
          service = g_strconcat (*transport != '\0' ? transport : "smtp", "/unix", NULL);
        }
      if (!g_str_equal (option->service, service))
        continue;

      if (main_cf == NULL)
        main_cf = nullmail_main_cf_copy (_nullmail_effective_get_main_cf (effective));
      value = g_strdelimit (g_strdup (option->value), "\r\n", ' ');  /* of lines that continue it */
      nullmail_main_cf_set_value (main_cf, option->name, value, NULL);
    }

  return main_cf != NULL ? _nullmail_effective_for_main_cf (effective, main_cf) : NULL;
}

void
_nullmail_check_init (NullmailCheck               *self,
                      const NullmailCheckSnapshot *snapshot)
{
  NullmailEffective *effective;

  memset (self, 0, sizeof *self);
  self->snapshot = snapshot;
  self->client = read_as_client (snapshot);
  self->effective = effective = self->client != NULL ? self->client : snapshot->effective;
  self->main_cf = _nullmail_effective_get_main_cf (snapshot->effective);
  self->findings = g_ptr_array_new_with_free_func ((GDestroyNotify) nullmail_finding_unref);
  self->relay = _nullmail_effective_get_relay_host (effective);
  self->has_relay = _nullmail_effective_has_text (effective, "relayhost");
  self->authenticates = _nullmail_effective_logs_in (effective);
  self->wraps = _nullmail_effective_wraps (effective);
  self->level = _nullmail_effective_get_level (effective);
  self->relay_level = find_relay_level (self);
}

void
_nullmail_check_clear (NullmailCheck *self)
{
  g_clear_pointer (&self->findings, g_ptr_array_unref);
  g_clear_pointer (&self->client, _nullmail_effective_free);
  g_clear_pointer (&self->relay, nullmail_relay_host_unref);
}

const NullmailTableFile *
_nullmail_check_get_file (NullmailCheck *self,
                          guint          index)
{
  const NullmailCheckSnapshot *snapshot = self->snapshot;

  if (index == 0)
    return snapshot->file.source_path != NULL ? &snapshot->file : NULL;

  return index <= snapshot->n_more_files ? &snapshot->more_files[index - 1] : NULL;
}

GInetAddressMask *
_nullmail_check_parse_network (const char *pattern,
                               gboolean   *is_bad)
{
  g_autoptr(GInetAddressMask) mask = NULL;
  g_autofree char *plain = NULL;
  gboolean has_brackets, is_ipv6;

  pattern += strspn (pattern, "!");
  has_brackets = *pattern == '[';
  if (has_brackets)
    {
      gsize length = strcspn (pattern, "]");

      plain = g_strdup_printf ("%.*s%s", (int) length - 1, pattern + 1,
                               pattern[length] == ']' ? pattern + length + 1 : "/?");
    }

  mask = g_inet_address_mask_new_from_string (has_brackets ? plain : pattern, NULL);
  is_ipv6 = mask != NULL && g_inet_address_mask_get_family (mask) == G_SOCKET_FAMILY_IPV6;
  if (mask != NULL && is_ipv6 == has_brackets)
    {
      *is_bad = FALSE;
      return g_steal_pointer (&mask);
    }

  *is_bad = has_brackets || is_ipv6
            || (g_ascii_isdigit (*pattern)
                && strspn (pattern, "0123456789./") == strlen (pattern));
  return NULL;
}

char *
_nullmail_check_get_queue_directory (NullmailCheck *self)
{
  if (nullmail_main_cf_has_value (self->main_cf, "queue_directory"))
    return _nullmail_effective_get_value (self->effective, "queue_directory");

  return g_strdup ("/var/spool/postfix");
}

char *
_nullmail_check_get_master_cf_path (NullmailCheck *self)
{
  g_autofree char *directory = NULL;

  if (self->snapshot->main_cf_path == NULL)
    return NULL;

  directory = g_path_get_dirname (self->snapshot->main_cf_path);
  return g_build_filename (directory, "master.cf", NULL);
}

static void
add_finding (NullmailCheck              *self,
             const NullmailFindingFacts *facts,
             char                       *take_message,
             const char                 *remedy)
{
  NullmailFindingFacts filled = *facts;
  g_autofree char *subject = NULL;

  if (self->snapshot->mask != NULL)
    {
      g_autofree char *message = take_message;

      take_message = _nullmail_mask_scrub (self->snapshot->mask, message);
      subject = filled.subject != NULL
                ? _nullmail_mask_scrub (self->snapshot->mask, filled.subject) : NULL;
      filled.subject = subject;
    }

  if (filled.path == NULL && filled.parameter != NULL)
    {
      filled.path = self->snapshot->main_cf_path;
      filled.line = nullmail_main_cf_get_line (self->main_cf, filled.parameter);
    }

  g_ptr_array_add (self->findings,
                   _nullmail_finding_new (&filled, take_message, g_strdup (remedy)));
}

void
_nullmail_check_report (NullmailCheck              *self,
                        const NullmailFindingFacts *facts,
                        const char                 *remedy,
                        const char                 *message,
                        ...)
{
  va_list args;

  va_start (args, message);
  add_finding (self, facts, g_strdup_vprintf (message, args), remedy);
  va_end (args);
}

void
_nullmail_check_report_open (NullmailCheck       *self,
                             NullmailFindingCode  code,
                             const char          *parameter,
                             const char          *remedy,
                             const char          *message,
                             ...)
{
  g_autoptr(GEnumClass) codes = g_type_class_ref (NULLMAIL_TYPE_FINDING_CODE);
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_NOT_CHECKED,
    .severity = NULLMAIL_SEVERITY_NOTICE,
    .parameter = parameter,
    .subject = g_enum_get_value (codes, code)->value_nick,
  };
  va_list args;

  va_start (args, message);
  add_finding (self, &facts, g_strdup_vprintf (message, args), remedy);
  va_end (args);
}
