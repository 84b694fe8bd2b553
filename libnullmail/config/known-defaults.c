/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config/known-defaults-private.h"

/* Defaults that no version of Postfix from 3.4 on has otherwise, see postconf(5): they need not be
 * asked for. A test compares them with what the installed postconf says. */
static const struct
{
  const char *parameter;
  const char *value;
} known_defaults[] = {
  { "compatibility_level", "0" },
  { "canonical_classes",
    "envelope_sender, envelope_recipient, header_sender, header_recipient" },
  { "canonical_maps", "" },
  { "content_filter", "" },
  { "default_transport", "smtp" },
  { "inet_interfaces", "all" },
  { "inet_protocols", "all" },
  { "mydestination", "$myhostname, localhost.$mydomain, localhost" },
  { "mynetworks_style", "${{$compatibility_level} <level {2} ? {subnet} : {host}}" },
  { "myorigin", "$myhostname" },
  { "relayhost", "" },
  { "sender_canonical_classes", "envelope_sender, header_sender" },
  { "sender_canonical_maps", "" },
  { "sender_dependent_default_transport_maps", "" },
  { "sender_dependent_relayhost_maps", "" },
  { "smtp_dns_support_level", "" },
  { "smtp_enforce_tls", "no" },
  { "smtp_generic_maps", "" },
  { "smtp_header_checks", "" },
  { "smtp_sasl_auth_enable", "no" },
  { "smtp_sasl_mechanism_filter", "" },
  { "smtp_sasl_password_maps", "" },
  { "smtp_sasl_security_options", "noplaintext, noanonymous" },
  { "smtp_sasl_tls_security_options", "$smtp_sasl_security_options" },
  { "smtp_sasl_tls_verified_security_options", "$smtp_sasl_tls_security_options" },
  { "smtp_sasl_type", "cyrus" },
  { "smtp_sender_dependent_authentication", "no" },
  { "smtp_tls_CAfile", "" },
  { "smtp_tls_CApath", "" },
  { "smtp_tls_chain_files", "" },
  { "smtp_tls_enforce_peername", "yes" },
  { "smtp_tls_fingerprint_cert_match", "" },
  { "smtp_tls_per_site", "" },
  { "smtp_tls_policy_maps", "" },
  { "smtp_tls_secure_cert_match", "nexthop, dot-nexthop" },
  { "smtp_tls_trust_anchor_file", "" },
  { "smtp_tls_verify_cert_match", "hostname" },
  { "smtp_tls_wrappermode", "no" },
  { "smtp_use_tls", "no" },
  { "tls_append_default_CA", "no" },
  { "transport_maps", "" },
};

const char *
_nullmail_known_default_find (const char *parameter)
{
  for (guint i = 0; i < G_N_ELEMENTS (known_defaults); i++)
    if (g_str_equal (known_defaults[i].parameter, parameter))
      return known_defaults[i].value;

  return NULL;
}
