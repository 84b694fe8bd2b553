/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* From whom mail goes out, and who gets root's. */

#include "check/check-context-private.h"

#include <string.h>

#include "base/i18n-private.h"
#include "config/address-maps-private.h"
#include "config/address-settings-private.h"
#include "document/value-list-private.h"

#define MASQUERADE "masquerade_domains"
#define OVERRIDES "receive_override_options"
#define EMPTY_SENDER "\"\""  /* as cleanup (8) looks it up */

/* Whether a list of tables has any; one that is not known may. */
static gboolean
may_have_tables (NullmailCheck *self,
                 const char    *parameter)
{
  g_auto(GStrv) items = _nullmail_effective_get_list (self->effective, parameter);

  return items == NULL || items[0] != NULL;
}

/* Whether root has an entry in a list of tables. A table that is not in main.cf itself may have
 * one. */
static gboolean
may_have_root (NullmailCheck *self,
               const char    *parameter)
{
  g_auto(GStrv) items = NULL;

  if (!nullmail_main_cf_has_value (self->main_cf, parameter))
    return FALSE;

  items = _nullmail_effective_get_list (self->effective, parameter);
  for (guint i = 0; items != NULL && items[i] != NULL; i++)
    {
      g_auto(NullmailTableName) name = { .type = NULL };
      g_autofree char *root = NULL;

      if (!_nullmail_table_name_parse (&name, items[i]) || !g_str_equal (name.type, "inline"))
        return TRUE;
      root = _nullmail_table_name_look_up_inline (&name, "root");
      if (root != NULL)
        return TRUE;
    }

  return items == NULL;
}

/* Whether all of this host's own mail goes elsewhere, and not only by a default. */
static gboolean
delivers_nothing (NullmailCheck *self)
{
  g_auto(GStrv) destinations = NULL;

  if (!nullmail_main_cf_has_value (self->main_cf, "mydestination"))
    return FALSE;

  destinations = _nullmail_effective_get_list (self->effective, "mydestination");
  return destinations != NULL && destinations[0] == NULL;
}

static gboolean
has_root_somewhere (NullmailCheck *self)
{
  static const char *const parameters[] = {
    "virtual_alias_maps", "virtual_maps", "recipient_canonical_maps", "canonical_maps",
  };

  for (guint i = 0; i < G_N_ELEMENTS (parameters); i++)
    if (may_have_root (self, parameters[i]))
      return TRUE;

  return FALSE;
}

/* Whether cleanup(8) is told to leave addresses alone, so that no table has an effect on mail from
 * this host. */
static gboolean
skips_tables (NullmailCheck *self)
{
  g_auto(GStrv) options = _nullmail_effective_get_list (self->effective, OVERRIDES);

  return nullmail_main_cf_has_value (self->main_cf, OVERRIDES) && options != NULL
         && g_strv_contains ((const char * const *) options, "no_address_mappings");
}

static gboolean
changes_envelope (NullmailCheck *self,
                  const char    *classes)
{
  g_auto(GStrv) items = _nullmail_effective_get_list (self->effective, classes);

  return items != NULL && g_strv_contains ((const char * const *) items, "envelope_sender");
}

static void
check_sender (NullmailCheck *self)
{
  static const char *const parameters[] = {
    "sender_canonical_maps", "canonical_maps", "smtp_generic_maps",
  };
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_SENDER_NOT_SET,
    .severity = NULLMAIL_SEVERITY_NOTICE,
    .parameter = parameters[0],
  };

  if (!self->authenticates)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (parameters); i++)
    if (may_have_tables (self, parameters[i]))
      return;

  _nullmail_check_report (self, &facts,
    _("If the relay refuses other senders than the one that belongs to the login, set "
      "sender-address to that one."),
    _("Mail goes out from local names such as root at the domain of this host, and many relays "
      "with a login take mail from one address only."));
}

/* (transfer full) (nullable): what sender-address says, as far as that can be told. */
static char *
read_sender_address (NullmailCheck *self)
{
  g_autofree char *address = NULL;

  if (_nullmail_address_setting_read (self->effective, NULLMAIL_SETTING_SENDER_ADDRESS, &address)
      != NULLMAIL_ADDRESS_FOUND)
    return NULL;

  return _nullmail_effective_expand (self->effective, address, NULL);
}

/* Whether cleanup(8) takes the host out of an address once a table has given it, as
 * cleanup_masquerade_external () does; of the domains the first that fits decides. */
static gboolean
is_masqueraded (NullmailCheck *self,
                const char    *address)
{
  g_auto(GStrv) domains = _nullmail_effective_get_list (self->effective, MASQUERADE);
  g_auto(GStrv) exceptions = _nullmail_effective_get_list (self->effective,
                                                           "masquerade_exceptions");
  const char *at = strrchr (address, '@');
  g_autofree char *user = at != NULL ? g_strndup (address, at - address) : NULL;

  if (at == NULL || domains == NULL || exceptions == NULL
      || !changes_envelope (self, "masquerade_classes"))
    return FALSE;
  for (guint i = 0; exceptions[i] != NULL; i++)
    if (g_ascii_strcasecmp (exceptions[i], user) == 0 || strpbrk (exceptions[i], "/:!") != NULL)
      return FALSE;

  for (guint i = 0; domains[i] != NULL; i++)
    {
      gsize n_signs = strspn (domains[i], "!");
      const char *domain = domains[i] + n_signs;
      gsize length = strlen (domain), at_length = strlen (at + 1);

      if (at_length < length || g_ascii_strcasecmp (at + 1 + at_length - length, domain) != 0)
        continue;
      if (at_length == length || at[at_length - length] == '.')
        return at_length > length && n_signs % 2 == 0;
    }

  return FALSE;
}

/* What takes the effect from sender-address. Where root's address goes with it that is said of
 * both. */
static void
check_sender_address (NullmailCheck *self)
{
  g_autofree char *address = read_sender_address (self);
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_SENDER_NOT_SET,
    .severity = NULLMAIL_SEVERITY_NOTICE,
  };

  if (address == NULL)
    return;

  if (skips_tables (self))
    {
      facts.parameter = OVERRIDES;
      if (!delivers_nothing (self) || !has_root_somewhere (self))
        _nullmail_check_report (self, &facts,
          _("Remove no_address_mappings from it, or set it for a service in master.cf alone."),
          _("“%s” keeps the table that gives all senders one address from having an effect."),
          OVERRIDES);
    }
  else if (is_masqueraded (self, address))
    {
      facts.parameter = MASQUERADE;
      _nullmail_check_report (self, &facts,
        _("Take the domain out of the list, or set sender-address to the address without the "
          "host."),
        _("“%s” takes the host out of “%s”, so that mail goes out from another address than "
          "sender-address says."), MASQUERADE, address);
    }
}

/* (nullable): the result of a rule such as “/pattern/flags result” if it matches a text, or of one
 * with “!” in front of it whose pattern does not. “if” is left to Postfix. */
static const char *
match_rule (const char *rule,
            const char *text)
{
  g_autofree char *pattern = NULL;
  gboolean is_negated = *rule == '!';
  const char *end;

  rule += strspn (rule, "! \t");
  if (!g_ascii_ispunct (*rule))
    return NULL;

  for (end = rule + 1; *end != '\0' && *end != *rule; end++)
    if (*end == '\\' && end[1] != '\0')
      end++;
  if (*end == '\0')
    return NULL;

  pattern = g_strndup (rule + 1, end - rule - 1);
  if (g_regex_match_simple (pattern, text, G_REGEX_CASELESS, 0) == is_negated)
    return NULL;

  end += strcspn (end, " \t");
  return end + strspn (end, " \t");
}

char *
_nullmail_check_find_result (NullmailCheck *self,
                             const char    *item,
                             const char    *text)
{
  g_auto(NullmailTableName) name = { .type = NULL };
  g_auto(GStrv) rules = NULL;
  g_auto(GStrv) inner = NULL;

  if (!_nullmail_table_name_parse (&name, item))
    return NULL;
  if (g_str_equal (name.type, "static") || g_str_equal (name.type, "randmap"))
    return g_strdup (name.name);

  /* A pipe gives what the first table answers to the next; a union asks each. */
  inner = _nullmail_table_name_list_inner (&name);
  for (guint i = 0; inner[i] != NULL && (i == 0 || g_str_equal (name.type, "unionmap")); i++)
    {
      char *result = _nullmail_check_find_result (self, inner[i], text);

      if (result != NULL)
        return result;
    }

  rules = _nullmail_pattern_table_list_rules (self->effective, item);
  for (guint i = 0; rules != NULL && rules[i] != NULL; i++)
    {
      const char *result = match_rule (rules[i], text);

      if (result != NULL)
        return g_strdup (result);
    }

  return NULL;
}

/* Whether a table gives the empty sender an address. Other types than these have it only if
 * somebody has written it into them. */
static gboolean
matches_empty_sender (NullmailCheck *self,
                      const char    *item)
{
  g_autofree char *result = _nullmail_check_find_result (self, item, EMPTY_SENDER);

  return result != NULL;
}

/* (nullable): the list with tables in the place of static ones that match a sender, but not the
 * empty one; NULL where there are others that match it. */
static char *
suggest_patterns (NullmailCheck *self,
                  const char    *parameter)
{
  g_autofree char *value = nullmail_main_cf_get_value (self->main_cf, parameter);
  g_auto(GStrv) items = _nullmail_text_split_list (value != NULL ? value : "");
  g_autoptr(GString) text = g_string_new (value);
  gboolean any = FALSE;

  for (guint i = 0; items[i] != NULL; i++)
    {
      g_auto(NullmailTableName) name = { .type = NULL };
      g_autofree char *pattern = NULL;
      g_autofree char *expanded = _nullmail_effective_expand (self->effective, items[i], NULL);

      if (expanded == NULL || !matches_empty_sender (self, expanded))
        continue;
      if (!_nullmail_table_name_parse (&name, items[i]) || !g_str_equal (name.type, "static")
          || _nullmail_address_find_fault (name.name) != NULL)
        return NULL;

      pattern = _nullmail_address_map_make_item (NULLMAIL_ADDRESS_MAP_SENDER, self->effective,
                                                 name.name);
      g_string_replace (text, items[i], pattern, 1);
      any = TRUE;
    }

  return any ? g_strdup (text->str) : NULL;
}

static void
check_bounces_in (NullmailCheck *self,
                  const char    *parameter,
                  const char    *classes)
{
  g_auto(GStrv) items = _nullmail_effective_get_list (self->effective, parameter);
  g_autofree char *suggestion = NULL;
  gboolean matches = FALSE;
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_BOUNCES_REWRITTEN,
    .severity = NULLMAIL_SEVERITY_WARNING,
    .parameter = parameter,
  };

  for (guint i = 0; items != NULL && items[i] != NULL; i++)
    matches |= matches_empty_sender (self, items[i]);
  if (!matches || !changes_envelope (self, classes))
    return;

  facts.suggestion = suggestion = suggest_patterns (self, parameter);
  facts.fix = suggestion != NULL ? NULLMAIL_FIX_SET : NULLMAIL_FIX_NONE;
  _nullmail_check_report (self, &facts,
    _("Let the table match addresses only, with the pattern /@/ in the place of what matches "
      "anything."),
    _("“%s” gives bounces a sender as well, which have none so that they are never bounced "
      "themselves: mail that cannot be delivered may go round for ever."),
    parameter);
}

static void
check_bounces (NullmailCheck *self)
{
  check_bounces_in (self, "sender_canonical_maps", "sender_canonical_classes");
  check_bounces_in (self, "canonical_maps", "canonical_classes");
}

static void
report_root (NullmailCheck *self,
             const char    *lost_alias)
{
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_ROOT_MAIL_NOWHERE,
    .severity = NULLMAIL_SEVERITY_NOTICE,
    .parameter = "virtual_alias_maps",
  };

  if (lost_alias == NULL)
    _nullmail_check_report (self, &facts,
      _("Set root-address to the address that is to get the mail for root and postmaster."),
      _("Nothing is delivered on this host, and mail for root goes to the relay, which may not "
        "know it: then nobody reads what cron and other programs report."));
  else
    _nullmail_check_report (self, &facts,
      _("Set root-address to the address that is to get the mail for root and postmaster, and put "
        "other names into virtual_alias_maps."),
      _("Aliases count only where mail is delivered, and none is delivered here any more: “%s” "
        "loses its effect, and the relay gets the mail for that name."), lost_alias);
}

static void
report_skipped (NullmailCheck *self)
{
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_ROOT_MAIL_NOWHERE,
    .severity = NULLMAIL_SEVERITY_NOTICE,
    .parameter = OVERRIDES,
  };

  _nullmail_check_report (self, &facts,
    _("Remove no_address_mappings from it, or set it for a service in master.cf alone."),
    _("“%s” keeps the tables that give root's mail, and all senders, another address from having "
      "an effect: root's mail goes to the relay as it is."), OVERRIDES);
}

static void
check_root (NullmailCheck *self)
{
  const NullmailCheckSnapshot *snapshot = self->snapshot;
  gboolean has_root;

  if (!delivers_nothing (self))
    return;

  has_root = has_root_somewhere (self);
  if (has_root && skips_tables (self))
    report_skipped (self);
  if (!has_root)
    report_root (self, snapshot->lost_root_alias != NULL ? snapshot->lost_root_alias
                                                         : snapshot->lost_alias);
  else if (snapshot->lost_alias != NULL)
    report_root (self, snapshot->lost_alias);
}

void
_nullmail_check_addresses (NullmailCheck *self)
{
  check_sender (self);
  check_sender_address (self);
  check_bounces (self);
  check_root (self);
}
