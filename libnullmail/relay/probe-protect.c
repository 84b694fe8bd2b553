/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The stage of a probe that begins TLS and judges the certificate. */

#include "relay/probe-course-private.h"

#include "base/error-private.h"
#include "base/i18n-private.h"
#include "config/tls-versions-private.h"
#include "relay/own-certificate-private.h"
#include "relay/relay-certificate-private.h"

/* Whether the probe ends where there is no TLS: Postfix would keep the mail, or there is a login,
 * which the probe never sends in clear. */
static gboolean
needs_tls (const NullmailProbePolicy *policy)
{
  return _nullmail_tls_level_requires_tls (policy->level) || policy->credentials != NULL
         || policy->wraps;
}

/* Without TLS the course goes on, unless it is needed. */
static gboolean
do_without_tls (NullmailProbeCourse *self,
                const char          *detail,
                const char          *remedy)
{
  g_autofree char *text = NULL;

  if (needs_tls (self->policy))
    return _nullmail_probe_course_fail (self, "tls", NULLMAIL_PROBE_OUTCOME_TLS_UNAVAILABLE,
                                        detail, remedy);

  text = g_strdup_printf (_("%s; at this level mail goes in clear then"), detail);
  _nullmail_probe_course_pass (self, "tls", text);
  return TRUE;
}

/* FALSE with fault set. One that this user may not read is left out: Postfix reads it as root. */
static gboolean
load_own_certificate (NullmailProbeCourse  *self,
                      GTlsCertificate     **certificate,
                      char                **fault)
{
  g_autoptr(GError) error = NULL;

  *certificate = NULL;
  if (self->policy->own_files[0] == NULL)
    return TRUE;

  *certificate = _nullmail_own_certificate_load ((const char * const *) self->policy->own_files,
                                                 &error);
  if (*certificate != NULL
      || g_error_matches (error, NULLMAIL_ERROR, NULLMAIL_ERROR_PERMISSION_DENIED))
    return TRUE;

  *fault = g_strdup_printf (_("the certificate of this machine cannot be used: %s"),
                            error->message);
  return FALSE;
}

static const char *
get_server_name (NullmailProbeCourse *self)
{
  const char *name = self->policy->server_name;

  if (name == NULL)
    return NULL;
  if (g_ascii_strcasecmp (name, "hostname") == 0)
    return self->host;
  if (g_ascii_strcasecmp (name, "nexthop") == 0)
    return nullmail_relay_host_get_host (self->policy->relay_host);

  return name;
}

static gboolean
fail_handshake (NullmailProbeCourse *self,
                GError              *error)
{
  return _nullmail_probe_course_fail (
           self, "tls", NULLMAIL_PROBE_OUTCOME_TLS_FAILED, error->message,
           self->policy->wraps
           ? _("Check the port: at this one the relay does not begin with TLS. Ports 587 and 25 "
               "want tls-wrapper (smtp_tls_wrappermode) unset.")
           : _("The relay offers TLS, but it does not come to be: ask who runs it. It may know old "
               "versions of TLS only, or want a certificate of this machine."));
}

/* GIO goes on where Postfix does not. */
static gboolean
fail_old_version (NullmailProbeCourse *self)
{
  g_autofree char *detail = g_strdup_printf (_("the relay knows nothing newer than %s, which "
                                               "Postfix refuses"), self->report->tls_protocol);

  if (self->policy->oldest == G_TLS_PROTOCOL_VERSION_UNKNOWN)
    return _nullmail_probe_course_fail (self, "tls", NULLMAIL_PROBE_OUTCOME_TLS_FAILED,
                                        _("main.cf allows no version of TLS"),
                                        _("Write >=TLSv1.2 into smtp_tls_mandatory_protocols, and "
                                          "into smtp_tls_protocols if it is there."));

  return _nullmail_probe_course_fail (self, "tls", NULLMAIL_PROBE_OUTCOME_TLS_FAILED, detail,
                                      _("Who runs the relay has to allow TLS 1.2 and newer. What "
                                        "is allowed here beside that stands in "
                                        "smtp_tls_mandatory_protocols and smtp_tls_protocols."));
}

/* Looks for what TLS needs on this side, before the relay is asked for it. Sets *can_begin to
 * whether all is there; where it is not the course may go on in clear. */
static gboolean
prepare_tls (NullmailProbeCourse  *self,
             GTlsCertificate     **own,
             gboolean             *can_begin)
{
  g_autofree char *fault = NULL;

  *can_begin = FALSE;
  if (!g_tls_backend_supports_tls (g_tls_backend_get_default ()))
    return do_without_tls (self, _("GIO has no TLS on this machine, so that nothing can be said of "
                                   "the relay's"),
                           _("Install glib-networking. Postfix does not need it, but a probe "
                             "does."));

  fault = _nullmail_relay_certificate_find_ca_fault (self->policy);
  if (fault != NULL || !load_own_certificate (self, own, &fault))
    return do_without_tls (self, fault,
                           _("Postfix has no TLS then. Name a file in PEM form that is there and "
                             "can be read."));

  *can_begin = TRUE;
  return TRUE;
}

static gboolean
begin_tls (NullmailProbeCourse *self,
           GTlsCertificate     *own)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *detail = NULL;
  GTlsConnection *tls;

  if (!_nullmail_smtp_channel_start_tls (self->channel, get_server_name (self), own, &error))
    return fail_handshake (self, error);

  tls = _nullmail_smtp_channel_get_tls (self->channel);
  self->report->tls_protocol =
    g_strdup (_nullmail_tls_version_to_string (g_tls_connection_get_protocol_version (tls)));
  self->report->tls_cipher = g_tls_connection_get_ciphersuite_name (tls);
  detail = g_strdup_printf ("%s, %s", self->report->tls_protocol,
                            self->report->tls_cipher != NULL ? self->report->tls_cipher : "?");
  if (!_nullmail_relay_certificate_allows (self->policy,
                                           g_tls_connection_get_protocol_version (tls)))
    return fail_old_version (self);

  _nullmail_probe_course_pass (self, "tls", detail);
  return TRUE;
}

/* What to do about a certificate that is not accepted, one sentence a reason. */
static char *
describe_remedy (const NullmailProbePolicy        *policy,
                 const NullmailCertificateVerdict *verdict)
{
  GString *text = g_string_new (NULL);
  g_autofree char *names = g_strjoinv (", ", verdict->names);

  if (policy->level == NULLMAIL_TLS_LEVEL_FINGERPRINT)
    g_string_append_printf (text, _("If this is the relay, put the fingerprint of its key into "
                                    "smtp_tls_fingerprint_cert_match: %s "),
                            verdict->key_fingerprint);
  if (policy->level == NULLMAIL_TLS_LEVEL_DANE_ONLY)
    g_string_append (text, _("A probe does not ask DNSSEC for the certificate: use posttls-finger "
                             "for this level. "));
  if (verdict->flags & G_TLS_CERTIFICATE_BAD_IDENTITY)
    g_string_append_printf (text, _("The certificate is for %s: write that name in the relay host "
                                    "if it is the relay's. "),
                            *names != '\0' ? names : _("no name"));
  if (verdict->flags & G_TLS_CERTIFICATE_UNKNOWN_CA)
    g_string_append (text, _("Put the authority that vouches for the relay into the file that "
                             "tls-ca-file (smtp_tls_CAfile) names, or ask who runs the relay for "
                             "the certificates that are missing between. "));
  if (verdict->flags & (G_TLS_CERTIFICATE_EXPIRED | G_TLS_CERTIFICATE_NOT_ACTIVATED))
    g_string_append (text, _("Check the clock of this machine; if it is right, who runs the relay "
                             "has to renew the certificate. "));
  if (verdict->flags & (G_TLS_CERTIFICATE_INSECURE | G_TLS_CERTIFICATE_GENERIC_ERROR))
    g_string_append (text, _("Who runs the relay has to have a certificate made that is for a "
                             "server and strong enough. "));
  if (text->len == 0)
    g_string_append (text, _("Ask who runs the relay about its certificate."));

  return g_strchomp (g_string_free (text, FALSE));
}

static void
note_certificate (NullmailProbeReport        *report,
                  NullmailCertificateVerdict *verdict)
{
  g_strfreev (report->names);
  report->names = g_strdupv (verdict->names);
  report->subject = g_strdup (verdict->subject);
  report->issuer = g_strdup (verdict->issuer);
  report->expires = verdict->expires;
  report->errors = verdict->flags;
  report->fingerprint = g_strdup (verdict->fingerprint);
  report->key_fingerprint = g_strdup (verdict->key_fingerprint);
}

/* Why the level does not accept the certificate. */
static const char *
get_reasons (const NullmailProbePolicy        *policy,
             const NullmailCertificateVerdict *verdict)
{
  if (policy->level == NULLMAIL_TLS_LEVEL_FINGERPRINT)
    return _("its fingerprint is not one of those that are known");
  if (policy->level == NULLMAIL_TLS_LEVEL_DANE_ONLY)
    return _("whether DNSSEC vouches for it is not known here");

  return verdict->reasons != NULL ? verdict->reasons : _("it is not that of the relay");
}

static void
judge (NullmailProbeCourse              *self,
       const NullmailCertificateVerdict *verdict)
{
  gboolean is_proper = verdict->is_trusted && verdict->has_name;

  switch (self->policy->level)
    {
    case NULLMAIL_TLS_LEVEL_VERIFY:
    case NULLMAIL_TLS_LEVEL_SECURE:
      self->is_matched = is_proper;
      self->is_good = is_proper;
      break;
    case NULLMAIL_TLS_LEVEL_FINGERPRINT:
      self->is_matched = verdict->has_fingerprint;
      self->is_good = verdict->has_fingerprint;
      break;
    case NULLMAIL_TLS_LEVEL_ENCRYPT:
      self->is_good = TRUE;
      break;
    default:
      self->is_good = is_proper;
    }
}

static gboolean
check_certificate (NullmailProbeCourse *self)
{
  GTlsConnection *tls = _nullmail_smtp_channel_get_tls (self->channel);
  g_auto(NullmailCertificateVerdict) verdict = { 0 };
  g_autofree char *remedy = NULL, *detail = NULL;
  const NullmailProbePolicy *policy = self->policy;

  _nullmail_probe_course_begin (self);
  if (g_tls_connection_get_peer_certificate (tls) == NULL
      || !_nullmail_relay_certificate_examine (&verdict,
                                               g_tls_connection_get_peer_certificate (tls),
                                               policy, self->host))
    return _nullmail_probe_course_fail (self, "certificate",
                                        NULLMAIL_PROBE_OUTCOME_CERTIFICATE_INVALID,
                                        _("the relay shows none that can be read"),
                                        _("Ask who runs the relay about its certificate."));

  note_certificate (self->report, &verdict);
  judge (self, &verdict);
  if ((_nullmail_probe_policy_needs_match (policy) && !self->is_matched)
      || (policy->credentials != NULL && !self->is_good))
    {
      remedy = describe_remedy (policy, &verdict);
      return _nullmail_probe_course_fail (self, "certificate",
                                          NULLMAIL_PROBE_OUTCOME_CERTIFICATE_INVALID,
                                          get_reasons (policy, &verdict), remedy);
    }

  detail = verdict.reasons == NULL || self->is_matched
           ? g_strdup (verdict.subject)
           : g_strdup_printf (_("%s; at this level it does not matter that: %s"), verdict.subject,
                              verdict.reasons);
  _nullmail_probe_course_pass (self, "certificate", detail);
  return TRUE;
}

static const char stripped_remedy[] =
  N_("Check the port, or ask who runs the relay. If it is known to offer STARTTLS, somebody "
     "between this machine and the relay suppresses it: port 465, where TLS begins at once, may "
     "still be open.");

/* Sets *begins to whether TLS begins now; where it does not the course may go on in clear. */
static gboolean
ask_for_tls (NullmailProbeCourse *self,
             gboolean            *begins)
{
  g_autoptr(NullmailSmtpReply) reply = NULL;
  g_autofree char *detail = NULL;

  *begins = FALSE;
  if (!_nullmail_smtp_extensions_have ((const char * const *) self->report->extensions,
                                       "STARTTLS"))
    return do_without_tls (self, _("the relay does not offer STARTTLS"), _(stripped_remedy));

  reply = _nullmail_probe_course_ask (self, "STARTTLS", &detail);
  if (reply == NULL)
    return _nullmail_probe_course_fail (self, "tls", NULLMAIL_PROBE_OUTCOME_TLS_FAILED, detail,
                                        _(stripped_remedy));
  if (reply->code / 100 != 2)
    return do_without_tls (self, self->report->reply, _(stripped_remedy));
  if (_nullmail_smtp_channel_has_rest (self->channel))
    return _nullmail_probe_course_fail (self, "tls", NULLMAIL_PROBE_OUTCOME_TLS_FAILED,
                                        _("more comes in clear behind the answer to STARTTLS"),
                                        _("Somebody between this machine and the relay may have "
                                          "put it there, or the relay has a fault: ask who runs "
                                          "it."));

  *begins = TRUE;
  return TRUE;
}

static gboolean
refuse_level (NullmailProbeCourse *self)
{
  const NullmailProbePolicy *policy = self->policy;

  if (policy->credentials != NULL)
    return _nullmail_probe_course_fail (self, "tls", NULLMAIL_PROBE_OUTCOME_TLS_UNAVAILABLE,
                                        _("the TLS level is none, and a probe sends no password "
                                          "without TLS"),
                                        _("Set the level to secure."));

  return _nullmail_probe_course_fail (self, "tls", NULLMAIL_PROBE_OUTCOME_TLS_UNAVAILABLE,
                                      _("TLS from the first byte on needs a level that requires "
                                        "TLS, or Postfix keeps the mail"),
                                      _("Set the level to secure, or to encrypt."));
}

gboolean
_nullmail_probe_course_protect (NullmailProbeCourse *self)
{
  const NullmailProbePolicy *policy = self->policy;
  gboolean has_tls = policy->level != NULLMAIL_TLS_LEVEL_NONE
                     && policy->level != NULLMAIL_TLS_LEVEL_AUTO;
  g_autoptr(GTlsCertificate) own = NULL;
  gboolean begins = TRUE;

  if (_nullmail_smtp_channel_get_tls (self->channel) != NULL)
    return TRUE;
  if (!has_tls && policy->credentials == NULL && !policy->wraps)
    return TRUE;

  _nullmail_probe_course_begin (self);
  if ((!has_tls && policy->credentials != NULL)
      || (policy->wraps && policy->is_configured
          && !_nullmail_tls_level_requires_tls (policy->level)))
    return refuse_level (self);
  if (!prepare_tls (self, &own, &begins)
      || (begins && !policy->wraps && !ask_for_tls (self, &begins)))
    return FALSE;
  if (!begins)
    return TRUE;

  return begin_tls (self, own) && check_certificate (self)
         && (policy->wraps || _nullmail_probe_course_greet (self));
}
