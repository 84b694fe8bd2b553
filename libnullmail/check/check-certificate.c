/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "check/check-context-private.h"

#include "base/i18n-private.h"
#include "postfix/client-certificate-private.h"

#define CHAIN_FILES "smtp_tls_chain_files"
#define DAYS_TO_RENEW 30

static const char *
describe (NullmailCertificateState state)
{
  switch (state)
    {
    case NULLMAIL_CERTIFICATE_MISSING:
      return _("there is no such file");
    case NULLMAIL_CERTIFICATE_NO_KEY:
      return _("there is no private key, which in a chain stands in front of the certificate");
    case NULLMAIL_CERTIFICATE_NO_CERTIFICATE:
      return _("there is no certificate behind the private key");
    case NULLMAIL_CERTIFICATE_MISMATCH:
      return _("the private key does not belong to the certificate");
    case NULLMAIL_CERTIFICATE_NOT_YET:
      return _("the certificate is not valid yet");
    case NULLMAIL_CERTIFICATE_EXPIRED:
      return _("the certificate has expired");
    default:
      return _("it has no key and certificate in PEM form, without a passphrase");
    }
}

static void
report_state (NullmailCheck            *self,
              const char               *parameter,
              NullmailCertificateState  state,
              const char               *path,
              int                       days)
{
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_CLIENT_CERTIFICATE_BAD,
    .severity = NULLMAIL_SEVERITY_ERROR,
    .parameter = parameter,
    .subject = path,
  };

  if (state == NULLMAIL_CERTIFICATE_UNKNOWN)
    _nullmail_check_report_open (self, facts.code, parameter,
      _("Check again as root."),
      _("Whether “%s” has a valid certificate for this host is not known."), path);
  else if (state != NULLMAIL_CERTIFICATE_GOOD)
    _nullmail_check_report (self, &facts,
      g_str_equal (parameter, CHAIN_FILES)
      ? _("Put the private key into the file, then its certificate, then those that vouch for it.")
      : _("Correct the file, or remove the parameter if the relay asks for no certificate."),
      _("This host cannot show the relay its certificate in “%s”: %s."), path, describe (state));
  else if (days < DAYS_TO_RENEW)
    {
      facts.severity = NULLMAIL_SEVERITY_WARNING;
      _nullmail_check_report (self, &facts,
        _("Get a new certificate in time."),
        _("The certificate in “%s”, which this host shows the relay, expires in %d days."), path,
        days);
    }
}

static void
check_chain (NullmailCheck      *self,
             const char * const *files)
{
  int days = 0;
  const char *path;
  NullmailCertificateState state = _nullmail_snapshot_observe_certificate (self->snapshot, files,
                                                                           &path, &days);

  report_state (self, CHAIN_FILES, state, path, days);
}

/* The older way: a file with the certificate, and one with the key, which may be the same one. */
static void
check_pair (NullmailCheck *self,
            const char    *parameter,
            const char    *key_parameter)
{
  g_autofree char *certificate = NULL, *key = NULL;
  const char *path;
  int days = 0;
  NullmailCertificateState state;

  if (!nullmail_main_cf_has_value (self->main_cf, parameter))
    return;
  certificate = _nullmail_effective_get_value (self->effective, parameter);
  if (nullmail_main_cf_has_value (self->main_cf, key_parameter))
    key = _nullmail_effective_get_value (self->effective, key_parameter);
  if (certificate == NULL || *certificate == '\0' || (key != NULL && *key == '\0'))
    return;

  state = _nullmail_snapshot_observe_key_pair (self->snapshot, certificate,
                                               key != NULL ? key : certificate, &path, &days);
  report_state (self, parameter, state, path, days);
}

void
_nullmail_check_client_certificate (NullmailCheck *self)
{
  g_auto(GStrv) files = _nullmail_effective_get_list (self->effective, CHAIN_FILES);

  if (self->level == NULLMAIL_TLS_LEVEL_NONE || files == NULL)
    return;
  if (files[0] != NULL)
    {
      check_chain (self, (const char * const *) files);
      return;
    }

  check_pair (self, "smtp_tls_cert_file", "smtp_tls_key_file");
  check_pair (self, "smtp_tls_eccert_file", "smtp_tls_eckey_file");
  check_pair (self, "smtp_tls_dcert_file", "smtp_tls_dkey_file");
}
