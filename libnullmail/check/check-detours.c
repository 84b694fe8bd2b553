/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Tables that give all recipients another address, or keep all messages from being sent. They are
 * known by answering what nobody has written into them. */

#include "check/check-context-private.h"

#include <string.h>

#include "base/i18n-private.h"
#include "config/address-maps-private.h"

#define PARTIAL "if"

static const char *const recipients[] = {
  "zq7x3k@mail.no-such-domain.example", "mw9.b2@other-place.test",
};

/* A message as cron and its like send it. */
static const char *const headers[] = {
  "Received: by host.invalid (Postfix, from userid 0)",
  "Message-Id: <20260101000000.0123456789@host.invalid>", "From: root@host.invalid",
  "To: zq7x3k@mail.no-such-domain.example", "Subject: zq7x3k",
};

/* What is between “if” and “endif” is not for all, and is left to Postfix. */
static gboolean
has_conditions (NullmailCheck *self,
                const char    *item)
{
  g_auto(GStrv) rules = _nullmail_pattern_table_list_rules (self->effective, item);

  for (guint i = 0; rules != NULL && rules[i] != NULL; i++)
    if (g_ascii_strncasecmp (rules[i], PARTIAL, strlen (PARTIAL)) == 0)
      return TRUE;

  return FALSE;
}

/* (nullable) (transfer full): what the tables of a parameter answer to a text; the first answer
 * counts. */
static char *
find_result (NullmailCheck *self,
             const char    *parameter,
             const char    *text)
{
  g_auto(GStrv) items = NULL;
  g_autofree char *value = NULL;

  if (!nullmail_main_cf_has_value (self->main_cf, parameter))
    return NULL;

  value = _nullmail_effective_get_value (self->effective, parameter);
  items = value != NULL ? _nullmail_table_list_split (value) : NULL;
  for (guint i = 0; items != NULL && items[i] != NULL; i++)
    {
      char *result = has_conditions (self, items[i])
                     ? NULL : _nullmail_check_find_result (self, items[i], text);

      if (result != NULL)
        return result;
    }

  return NULL;
}

/* Whether all recipients get the same, which keeps nothing of what the pattern has matched. */
static gboolean
answers_all (NullmailCheck *self,
             const char    *parameter)
{
  for (guint i = 0; i < G_N_ELEMENTS (recipients); i++)
    {
      g_autofree char *result = find_result (self, parameter, recipients[i]);

      if (result == NULL || strchr (result, '$') != NULL)
        return FALSE;
    }

  return TRUE;
}

static gboolean
is_about_recipients (NullmailCheck *self,
                     const char    *classes)
{
  g_auto(GStrv) items = classes != NULL ? _nullmail_effective_get_list (self->effective, classes)
                                        : NULL;

  return classes == NULL
         || (items != NULL
             && g_strv_contains ((const char * const *) items, "envelope_recipient"));
}

static void
check_recipients (NullmailCheck *self)
{
  static const struct { const char *parameter, *classes; } rows[] = {
    { "recipient_canonical_maps", "recipient_canonical_classes" },
    { "smtp_generic_maps", NULL },
    { "virtual_alias_maps", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      NullmailFindingFacts facts = {
        .code = NULLMAIL_FINDING_CODE_RELAY_OVERRIDDEN,
        .severity = NULLMAIL_SEVERITY_WARNING,
        .parameter = rows[i].parameter,
      };

      if (!answers_all (self, rows[i].parameter)
          || !is_about_recipients (self, rows[i].classes))
        continue;

      _nullmail_check_report (self, &facts,
        _("Let the table match the addresses of this host alone, or use sender_canonical_maps, "
          "which leaves recipients as they are."),
        _("“%s” has an answer for every address, so that the recipient of each message is "
          "replaced, and no message goes to whom it was sent."),
        rows[i].parameter);
    }
}

static void
check_relocated (NullmailCheck *self)
{
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_MAIL_HELD,
    .severity = NULLMAIL_SEVERITY_ERROR,
    .parameter = "relocated_maps",
  };

  if (answers_all (self, facts.parameter))
    _nullmail_check_report (self, &facts,
      _("Let the table match the addresses that have moved alone."),
      _("“%s” has an answer for every address, so that all mail comes back as for a user who has "
        "moved."),
      facts.parameter);
}

/* Tells what becomes of a message for an action, see header_checks(5). */
static gboolean
report_action (NullmailCheck *self,
               const char    *parameter,
               const char    *action)
{
  static const char *const actions[] = { "DISCARD", "HOLD", "REJECT", "REDIRECT", NULL };
  g_autofree char *word = g_strndup (action, strcspn (action, " \t"));
  g_autofree char *upper = g_ascii_strup (word, -1);
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_MAIL_HELD,
    .severity = g_str_equal (upper, "HOLD") || g_str_equal (upper, "REDIRECT")
                ? NULLMAIL_SEVERITY_WARNING : NULLMAIL_SEVERITY_ERROR,
    .parameter = parameter,
    .subject = upper,
  };

  if (!g_strv_contains (actions, upper))
    return FALSE;

  _nullmail_check_report (self, &facts,
    _("Let the table match what it is meant for alone, or take it out of main.cf."),
    _("“%s” matches what is in every message, and its action is %s, so that no message goes to "
      "whom it was sent."),
    parameter, upper);
  return TRUE;
}

static void
check_contents (NullmailCheck *self)
{
  g_autofree char *body = find_result (self, "body_checks", recipients[0]);
  g_autofree char *other = find_result (self, "body_checks", headers[0]);

  for (guint i = 0; i < G_N_ELEMENTS (headers); i++)
    {
      g_autofree char *result = find_result (self, "header_checks", headers[i]);

      if (result != NULL && report_action (self, "header_checks", result))
        break;
    }
  if (body != NULL && other != NULL)
    report_action (self, "body_checks", body);
}

void
_nullmail_check_detours (NullmailCheck *self)
{
  check_recipients (self);
  check_relocated (self);
  check_contents (self);
}
