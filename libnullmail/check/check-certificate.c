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
      return _("there is no private key in front of the certificate");
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
check_files (NullmailCheck      *self,
             const char * const *files)
{
  int days = 0;
  const char *path;
  NullmailCertificateState state = _nullmail_snapshot_observe_certificate (self->snapshot, files,
                                                                           &path, &days);
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_CLIENT_CERTIFICATE_BAD,
    .severity = NULLMAIL_SEVERITY_ERROR,
    .parameter = CHAIN_FILES,
    .subject = path,
  };

  if (state == NULLMAIL_CERTIFICATE_UNKNOWN)
    _nullmail_check_report_open (self, facts.code, CHAIN_FILES,
      _("Check again as root."),
      _("Whether “%s” has a valid certificate for this host is not known."), path);
  else if (state != NULLMAIL_CERTIFICATE_GOOD)
    _nullmail_check_report (self, &facts,
      _("Put the private key into the file, then its certificate, then those that vouch for it."),
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

void
_nullmail_check_client_certificate (NullmailCheck *self)
{
  g_auto(GStrv) files = _nullmail_effective_get_list (self->effective, CHAIN_FILES);

  if (self->level != NULLMAIL_TLS_LEVEL_NONE && files != NULL && files[0] != NULL)
    check_files (self, (const char * const *) files);
}
