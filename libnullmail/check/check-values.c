/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "check/check-context-private.h"

#include <string.h>

#include "base/i18n-private.h"
#include "check/check-private.h"
#include "check/value-types-private.h"
#include "config/tls-level-private.h"
#include "document/main-cf-private.h"
#include "document/value-list-private.h"

#define WAIVER "tls_required_enable"
#define SEPARATOR "smtp_sasl_password_result_delimiter"

/* The value as it may be shown: as it is written, where its macros may bring a password in. */
static char *
show_value (NullmailCheck *self,
            const char    *parameter,
            const char    *value)
{
  g_autofree char *text = nullmail_main_cf_get_value (self->main_cf, parameter);
  g_autofree char *shown =
    _nullmail_mask_show_value (self->snapshot->mask, parameter,
                               text != NULL && strchr (text, '$') != NULL
                               && _nullmail_mask_has_secrets (self->snapshot->mask) ? text : value);

  return _nullmail_text_display (shown);
}

/* Whether this Postfix does not look at a parameter, which is older or newer than it: then its
 * value harms nobody. */
static gboolean
is_ignored (NullmailCheck *self,
            const char    *parameter)
{
  NullmailEffective *effective = self->snapshot->effective;

  if (_nullmail_effective_is_parameter (effective, parameter))
    return FALSE;

  return g_str_equal (parameter, WAIVER) || g_str_equal (parameter, SEPARATOR)
         || _nullmail_effective_has_default (effective, "mail_version");
}

/* Whether Postfix looks at a value of that type: some are read, or keep mail from going out, only
 * where TLS is required or wanted, or with a login. */
static gboolean
is_read (NullmailCheck     *self,
         NullmailValueType  type)
{
  NullmailTlsLevel level = self->level;

  switch (type)
    {
    case NULLMAIL_VALUE_CIPHER_GRADE:
    case NULLMAIL_VALUE_TLS_PROTOCOLS:
      return _nullmail_tls_level_requires_tls (level);
    case NULLMAIL_VALUE_DIGEST:
      return _nullmail_tls_level_requires_tls (level) || level == NULLMAIL_TLS_LEVEL_DANE;
    case NULLMAIL_VALUE_SERVERNAME:
      return level != NULLMAIL_TLS_LEVEL_AUTO && level != NULLMAIL_TLS_LEVEL_NONE;
    case NULLMAIL_VALUE_SASL_TYPE:
    case NULLMAIL_VALUE_PROXIED:
      return self->authenticates;
    default:
      return TRUE;
    }
}

static void
check_value (NullmailCheck     *self,
             const char        *parameter,
             NullmailValueType  type)
{
  g_autofree char *value = _nullmail_effective_get_value (self->snapshot->effective, parameter);
  g_autofree char *display = NULL, *macro = NULL;
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_INVALID_VALUE,
    .severity = NULLMAIL_SEVERITY_ERROR,
    .parameter = parameter,
  };

  if (value == NULL || _nullmail_value_type_takes (type, value) || is_ignored (self, parameter))
    return;
  if (!is_read (self, type))
    return;

  /* The text of an inline table may hold a password. */
  if (type == NULLMAIL_VALUE_TABLES)
    {
      if (g_str_equal (parameter, "alias_maps"))
        {
          facts.severity = NULLMAIL_SEVERITY_WARNING;
          _nullmail_check_report (self, &facts, _nullmail_value_type_get_remedy (type),
            _("The value of “%s” names no type of table: what delivers mail on this host, and what "
              "takes it by SMTP, stops at it."), parameter);
          return;
        }
      _nullmail_check_report (self, &facts, _nullmail_value_type_get_remedy (type),
        _("The value of “%s” names no type of table: Postfix stops at it."), parameter);
      return;
    }

  /* Where nothing is left of what nobody has filled in, that is shown. */
  macro = *value == '\0' ? nullmail_main_cf_get_value (self->main_cf, parameter) : NULL;
  display = show_value (self, parameter, macro != NULL ? macro : value);
  _nullmail_check_report (self, &facts, _nullmail_value_type_get_remedy (type),
    type == NULLMAIL_VALUE_RELAY
    ? _("“%s” is set to “%s”, which is no relay that Postfix "
        "understands.")
    : _("“%s” is set to “%s”, which is no value for it: the part of Postfix that uses it stops, "
        "and mail waits."),
    parameter, display);
}

gboolean
_nullmail_check_knows_value (const char *parameter)
{
  NullmailValueType type;

  return _nullmail_value_find_type (parameter, &type);
}

static void
check_macros (NullmailCheck *self,
              const char    *parameter)
{
  g_autofree char *text = nullmail_main_cf_get_value (self->main_cf, parameter);
  g_autofree char *expanded = NULL;
  g_autoptr(GError) error = NULL;
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_INVALID_VALUE,
    .severity = NULLMAIL_SEVERITY_ERROR,
    .parameter = parameter,
  };

  if (text == NULL)
    return;

  expanded = _nullmail_effective_expand (self->snapshot->effective, text, &error);
  if (error == NULL)
    return;

  _nullmail_check_report (self, &facts,
    _("Correct the macro: $name, ${name}, ${name?text}, ${name:text}, and $$ for a dollar sign."),
    _("The value of “%s” has a macro that cannot be expanded, or that refers to itself: Postfix "
      "stops at it."),
    parameter);
}

void
_nullmail_check_values (NullmailCheck *self)
{
  g_auto(GStrv) names = _nullmail_main_cf_list_with (self->main_cf, '$');
  NullmailValueType type;
  const char *parameter;

  for (guint i = 0; (parameter = _nullmail_value_get_parameter (i, &type)) != NULL; i++)
    if (nullmail_main_cf_has_value (self->main_cf, parameter))
      check_value (self, parameter, type);

  for (guint i = 0; names[i] != NULL; i++)
    check_macros (self, names[i]);
}
