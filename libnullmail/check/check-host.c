/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Values that name something of this host: its addresses, its accounts, its files. */

#include "check/check-context-private.h"

#include <net/if.h>
#include <string.h>

#include "base/i18n-private.h"

static void
report (NullmailCheck *self,
        const char    *parameter,
        const char    *subject,
        const char    *remedy,
        const char    *fault)
{
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_INVALID_VALUE,
    .severity = NULLMAIL_SEVERITY_ERROR,
    .parameter = parameter,
    .subject = subject,
  };

  _nullmail_check_report (self, &facts, remedy, _("“%s” is set to “%s”, but %s."), parameter,
                          subject, fault);
}

NullmailFact
_nullmail_check_has_address (NullmailCheck *self,
                             GInetAddress  *address)
{
  const char *const *own = _nullmail_snapshot_observe_addresses (self->snapshot);

  if (g_inet_address_get_is_loopback (address))
    return NULLMAIL_FACT_YES;
  if (own == NULL)
    return NULLMAIL_FACT_UNKNOWN;

  for (guint i = 0; own[i] != NULL; i++)
    {
      g_autoptr(GInetAddress) other = g_inet_address_new_from_string (own[i]);

      if (other != NULL && g_inet_address_equal (other, address))
        return NULLMAIL_FACT_YES;
    }

  return NULLMAIL_FACT_NO;
}

/* Postfix looks names up and takes addresses as they are; “eth0” is neither. */
static void
check_interface (NullmailCheck *self,
                 const char    *item)
{
  g_autofree char *plain = *item == '[' ? g_strndup (item + 1, strcspn (item + 1, "]"))
                                        : g_strdup (item);
  g_autoptr(GInetAddress) address = g_inet_address_new_from_string (plain);

  if (address != NULL)
    {
      if (_nullmail_check_has_address (self, address) == NULLMAIL_FACT_NO)
        report (self, "inet_interfaces", item,
                _("Set inet_interfaces to loopback-only, or to an address that this host has."),
                _("this host has no such address, and every program of Postfix stops at it"));
    }
  else if (strpbrk (item, ".-") == NULL && !g_str_equal (item, "all")
           && !g_str_equal (item, "localhost")
           && _nullmail_snapshot_is_device (self->snapshot, item))
    report (self, "inet_interfaces", item,
            _("Set inet_interfaces to loopback-only, or to an address of that device."),
            _("that is the name of a device, and no host or address: every program of Postfix "
              "stops at it"));
}

static void
check_interfaces (NullmailCheck *self)
{
  g_auto(GStrv) items = NULL;

  if (!nullmail_main_cf_has_value (self->main_cf, "inet_interfaces"))
    return;

  items = _nullmail_effective_get_list (self->effective, "inet_interfaces");
  for (guint i = 0; items != NULL && items[i] != NULL; i++)
    check_interface (self, items[i]);
}

/* From a loopback address nothing reaches another host. A name may be one of this host itself. */
static void
check_bind_loopback (NullmailCheck *self,
                     const char    *parameter,
                     const char    *value)
{
  g_autoptr(GInetAddress) address = g_inet_address_new_from_string (value);
  g_autoptr(GInetAddress) relay = self->relay != NULL
    ? g_inet_address_new_from_string (nullmail_relay_host_get_host (self->relay)) : NULL;
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_INVALID_VALUE,
    .severity = relay != NULL ? NULLMAIL_SEVERITY_ERROR : NULLMAIL_SEVERITY_WARNING,
    .parameter = parameter,
    .subject = value,
  };

  if (!g_inet_address_get_is_loopback (address) || self->relay == NULL
      || g_ascii_strcasecmp (nullmail_relay_host_get_host (self->relay), "localhost") == 0
      || (relay != NULL && (g_inet_address_get_is_loopback (relay)
                            || g_inet_address_get_family (relay)
                               != g_inet_address_get_family (address))))
    return;

  _nullmail_check_report (self, &facts,
    _("Remove the parameter; inet_interfaces says where Postfix listens."),
    _("“%s” is set to “%s”, from which only this host itself can be reached: mail to the relay "
      "“%s” waits."),
    parameter, value, nullmail_relay_host_to_string (self->relay));
}

/* The relay by an address of a family that is switched off. */
static void
check_family (NullmailCheck *self)
{
  static const char parameter[] = "inet_protocols";
  g_autoptr(GInetAddress) relay = self->relay != NULL
    ? g_inet_address_new_from_string (nullmail_relay_host_get_host (self->relay)) : NULL;
  g_autofree char *value = NULL;
  const char *family;

  if (relay == NULL || !nullmail_main_cf_has_value (self->main_cf, parameter))
    return;

  family = g_inet_address_get_family (relay) == G_SOCKET_FAMILY_IPV6 ? "ipv6" : "ipv4";
  value = _nullmail_effective_get_value (self->effective, parameter);
  if (value != NULL && strstr (value, "all") == NULL && strstr (value, family) == NULL)
    report (self, parameter, value, _("Set inet_protocols to all, or name the relay otherwise."),
            _("the relay's address is of the other family, and all mail waits"));
}

/* Postfix's client stops at an address of IPv6 in the parameter for IPv4, and takes no mail from an
 * address that this host has not, where it may take no other. */
static void
check_bind_family (NullmailCheck *self,
                   const char    *parameter,
                   const char    *value)
{
  static const char enforce[] = "smtp_bind_address_enforce";
  g_autoptr(GInetAddress) address = g_inet_address_new_from_string (value);

  if (g_str_equal (parameter, "smtp_bind_address")
      && g_inet_address_get_family (address) != G_SOCKET_FAMILY_IPV4)
    report (self, parameter, value, _("Set smtp_bind_address6 to it."),
            _("that is no address of IPv4: Postfix's client stops at it, and all mail waits"));
  else if (nullmail_main_cf_has_value (self->main_cf, enforce)
           && _nullmail_effective_is_yes (self->effective, enforce)
           && !g_inet_address_get_is_any (address)
           && _nullmail_check_has_address (self, address) == NULLMAIL_FACT_NO)
    report (self, parameter, value, _("Write an address of this host, or remove the parameter."),
            _("this host has no such address, and smtp_bind_address_enforce allows no other: all "
              "mail waits"));
}

/* Files without which there is no TLS. */
static void
check_tls_file (NullmailCheck *self,
                const char    *parameter,
                const char    *prefix)
{
  g_autofree char *value = NULL;
  const char *path;

  if (!nullmail_main_cf_has_value (self->main_cf, parameter) || self->snapshot->host == NULL
      || self->level == NULLMAIL_TLS_LEVEL_NONE || self->level == NULLMAIL_TLS_LEVEL_AUTO)
    return;
  value = _nullmail_effective_get_value (self->effective, parameter);
  path = value != NULL && g_str_has_prefix (value, prefix) ? value + strlen (prefix) : NULL;
  if (path == NULL || *path != '/' || g_file_test (path, G_FILE_TEST_EXISTS))
    return;

  report (self, parameter, value, _("Correct the path, or remove the parameter."),
          _("there is no such file, and no TLS without it"));
}

static void
check_bind_address (NullmailCheck *self,
                    const char    *parameter)
{
  g_autofree char *value = NULL;

  if (!nullmail_main_cf_has_value (self->main_cf, parameter))
    return;
  value = _nullmail_effective_get_value (self->effective, parameter);
  if (value == NULL || *value == '\0')
    return;
  if (g_hostname_is_ip_address (value))
    {
      check_bind_loopback (self, parameter, value);
      check_bind_family (self, parameter, value);
      return;
    }

  report (self, parameter, value,
          _("Write an address of this host, or remove the parameter."),
          _("that is no address: Postfix's client stops at it, and all mail waits"));
}

/* Debian's Postfix takes a path for the file that has the domain, and others take it for the
 * domain. */
static void
check_origin_file (NullmailCheck *self)
{
  g_autofree char *origin = NULL;
  const char *line;

  if (!nullmail_main_cf_has_value (self->main_cf, "myorigin"))
    return;
  origin = _nullmail_effective_get_value (self->effective, "myorigin");
  if (origin == NULL || *origin != '/')
    return;

  line = _nullmail_snapshot_observe_origin_line (self->snapshot, origin);
  if (line != NULL && *line != '\0')
    return;
  if (line == NULL
      && _nullmail_snapshot_observe_origin_file (self->snapshot, origin) != NULLMAIL_FACT_NO)
    return;

  report (self, "myorigin", origin,
          _("Set myorigin to the domain itself, or write the domain into the file."),
          _("there is no such file, or no domain in it: every program of Postfix stops at it"));
}

static void
check_log_file (NullmailCheck *self)
{
  g_autofree char *path = NULL;
  g_auto(GStrv) prefixes = NULL;

  if (!nullmail_main_cf_has_value (self->main_cf, "maillog_file"))
    return;
  path = _nullmail_effective_get_value (self->effective, "maillog_file");
  if (path == NULL || *path == '\0')
    return;

  prefixes = nullmail_main_cf_has_value (self->main_cf, "maillog_file_prefixes")
             ? _nullmail_effective_get_list (self->effective, "maillog_file_prefixes")
             : g_strsplit ("/var /dev/stdout", " ", -1);
  for (guint i = 0; prefixes != NULL && prefixes[i] != NULL; i++)
    if (g_str_has_prefix (path, prefixes[i]))
      return;

  if (prefixes != NULL)
    report (self, "maillog_file", path,
            _("Write the log below /var, or add its folder to maillog_file_prefixes."),
            _("it is below none of maillog_file_prefixes: every program of Postfix stops at it"));
}

void
_nullmail_check_host (NullmailCheck *self)
{
  check_interfaces (self);
  check_family (self);
  check_bind_address (self, "smtp_bind_address");
  check_bind_address (self, "smtp_bind_address6");
  check_origin_file (self);
  check_tls_file (self, "tls_config_file", "");
  check_tls_file (self, "tls_random_source", "dev:");
  check_log_file (self);
}
