/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined (NULLMAIL_INSIDE) && !defined (NULLMAIL_COMPILATION)
#error "Only <libnullmail/nullmail.h> can be included directly"
#endif

#include <glib-object.h>
#include <libnullmail/base/version-macros.h>
#include <libnullmail/document/main-cf.h>

G_BEGIN_DECLS

#define NULLMAIL_TYPE_FINDING (nullmail_finding_get_type ())

typedef struct _NullmailFinding NullmailFinding;

/**
 * NullmailFindingCode:
 * @NULLMAIL_FINDING_CODE_NONE: no finding
 * @NULLMAIL_FINDING_CODE_NO_RELAY: there is no `relayhost`
 * @NULLMAIL_FINDING_CODE_RELAY_WITHOUT_BRACKETS: the relay has a port or a login, but its mail
 *   exchangers are looked up
 * @NULLMAIL_FINDING_CODE_OBSOLETE_TLS_PARAMETER: `smtp_use_tls`, `smtp_enforce_tls`,
 *   `smtp_tls_enforce_peername` or `smtp_tls_per_site` is set
 * @NULLMAIL_FINDING_CODE_TLS_OPPORTUNISTIC_WITH_AUTH: there is a login, but TLS is not required
 * @NULLMAIL_FINDING_CODE_TLS_UNVERIFIED: there is a login, and TLS is required, but the relay's
 *   certificate is not looked at
 * @NULLMAIL_FINDING_CODE_TLS_WRAPPER_MISSING: port 465 without `smtp_tls_wrappermode`
 * @NULLMAIL_FINDING_CODE_TLS_WRAPPER_UNEXPECTED: `smtp_tls_wrappermode` with port 25 or 587
 * @NULLMAIL_FINDING_CODE_TLS_WRAPPER_LEVEL: `smtp_tls_wrappermode` with a level that does not
 *   require TLS
 * @NULLMAIL_FINDING_CODE_CA_MISSING: the relay's certificate has to be verified, but there are no
 *   certification authorities that can be read
 * @NULLMAIL_FINDING_CODE_PASSWORD_MAP_MISSING: a login without `smtp_sasl_password_maps`
 * @NULLMAIL_FINDING_CODE_CREDENTIALS_MISSING: the password file, or the service in its place, has
 *   no key for the relay
 * @NULLMAIL_FINDING_CODE_CREDENTIALS_KEY_MISMATCH: the password file has the relay's host with
 *   other brackets or another port, so that the entry is never found
 * @NULLMAIL_FINDING_CODE_CREDENTIALS_KEY_SHADOWED: an entry for the bare name of the host is looked
 *   up before that of the relay, and differs from it
 * @NULLMAIL_FINDING_CODE_MAP_STALE: the table is older than its password file, or of another type
 * @NULLMAIL_FINDING_CODE_MAP_MISSING: the password file has no table, or the service
 *   behind a table gives no answer
 * @NULLMAIL_FINDING_CODE_MAP_TYPE_UNSUPPORTED: this Postfix cannot open tables of this type
 * @NULLMAIL_FINDING_CODE_SECRET_FILE_MODE: the password file or its table can be read by others
 *   than root
 * @NULLMAIL_FINDING_CODE_SASL_OPTIONS_FORBID_PLAIN: plaintext logins are forbidden on the channel
 *   that the TLS level guarantees
 * @NULLMAIL_FINDING_CODE_SASL_PLUGIN_MISSING: Cyrus SASL has no plug-in for any mechanism that
 *   `smtp_sasl_mechanism_filter` allows
 * @NULLMAIL_FINDING_CODE_PASSWORD_MAP_UNUSED: `smtp_sasl_password_maps` without a login
 * @NULLMAIL_FINDING_CODE_LISTENS_ON_NETWORK: `inet_interfaces` goes beyond loopback
 * @NULLMAIL_FINDING_CODE_LOCAL_DELIVERY: mail for some domains is not handed to the relay
 * @NULLMAIL_FINDING_CODE_NETWORKS_OPEN: `mynetworks` goes beyond loopback
 * @NULLMAIL_FINDING_CODE_DUPLICATE_PARAMETER: a parameter is there more than once
 * @NULLMAIL_FINDING_CODE_BAD_LINE: a line that Postfix cannot read
 * @NULLMAIL_FINDING_CODE_INVALID_VALUE: a value that Postfix or this library refuses
 * @NULLMAIL_FINDING_CODE_MASTER_OVERRIDE: an option in master.cf overrides a parameter
 * @NULLMAIL_FINDING_CODE_RELAY_OVERRIDDEN: another parameter takes mail away from the relay
 * @NULLMAIL_FINDING_CODE_HOSTNAME_NOT_QUALIFIED: `myhostname` has no dot
 * @NULLMAIL_FINDING_CODE_NOT_RUNNING: Postfix is stopped
 * @NULLMAIL_FINDING_CODE_NOT_ENABLED: Postfix is not started at boot
 * @NULLMAIL_FINDING_CODE_RESTART_PENDING: main.cf has changed since the Postfix that runs has read
 *   it, or a plan changes what only a start reads, and this Postfix cannot be stopped from inside
 *   of its container
 * @NULLMAIL_FINDING_CODE_MAIL_WAITING: messages are deferred
 * @NULLMAIL_FINDING_CODE_CHROOT_STALE: copies of system files in Postfix's chroot are out of date
 * @NULLMAIL_FINDING_CODE_CREDENTIALS_NOT_UNDONE: a replaced password, or a parameter with one in
 *   its text, does not come back by undo, or a password stays that nobody needs then
 * @NULLMAIL_FINDING_CODE_TLS_OVERRIDDEN: a table gives this relay less TLS than the level
 * @NULLMAIL_FINDING_CODE_ORIGIN_NOT_ROUTABLE: nobody can answer to the domain in `myorigin`
 * @NULLMAIL_FINDING_CODE_RELAY_NAME_UNVERIFIABLE: a certificate has to be verified, but the relay
 *   is given by its address
 * @NULLMAIL_FINDING_CODE_PROTOCOL_UNAVAILABLE: IPv6 is wanted, and switched off in the kernel
 * @NULLMAIL_FINDING_CODE_RELAY_IS_SELF: the relay is this host
 * @NULLMAIL_FINDING_CODE_SENDER_NOT_SET: there is a login, and local senders go out as they are; or
 *   another parameter takes the effect from the sender's address
 * @NULLMAIL_FINDING_CODE_BOUNCES_REWRITTEN: a table of senders matches the empty one of bounces too
 * @NULLMAIL_FINDING_CODE_ROOT_MAIL_NOWHERE: nothing is delivered here, and nobody gets root's mail
 * @NULLMAIL_FINDING_CODE_NOT_CHECKED: something could not be read; the subject is the nick of the
 *   finding that is left open
 * @NULLMAIL_FINDING_CODE_PASSWORD_IN_MAIN_CF: a table with a password is written out in main.cf, or
 *   in an option of master.cf, which others than its owner can read
 * @NULLMAIL_FINDING_CODE_MECHANISM_PREFERRED: a plug-in for access tokens takes a password login
 *   over
 * @NULLMAIL_FINDING_CODE_TLS_WAIVABLE: a header in a message takes the TLS level away
 * @NULLMAIL_FINDING_CODE_CLIENT_CERTIFICATE_BAD: this host's certificate is missing, expired or not
 *   that of its key, or expires within 30 days
 * @NULLMAIL_FINDING_CODE_UNKNOWN_PARAMETER: this Postfix knows no parameter of that name, and
 *   nothing else uses it
 * @NULLMAIL_FINDING_CODE_POSTFIX_REFUSES: Postfix's own programs stop at this configuration, and no
 *   other finding tells why
 * @NULLMAIL_FINDING_CODE_OPEN_RELAY: everybody on the network may send mail through this host
 * @NULLMAIL_FINDING_CODE_SERVICE_MISSING: mail or a setting needs a service that master.cf lacks
 * @NULLMAIL_FINDING_CODE_MAP_TYPE_DEPRECATED: tables of this type go out of use
 * @NULLMAIL_FINDING_CODE_PASSWORD_LOGIN_RETIRED: the provider ends logins with the password of an
 *   account
 * @NULLMAIL_FINDING_CODE_MAIL_SERVER: this host is meant to receive mail; takes the place of
 *   %NULLMAIL_FINDING_CODE_LISTENS_ON_NETWORK, %NULLMAIL_FINDING_CODE_LOCAL_DELIVERY and
 *   %NULLMAIL_FINDING_CODE_NETWORKS_OPEN
 * @NULLMAIL_FINDING_CODE_MAP_REDIRECTED: Postfix opens tables of another type in place of these
 * @NULLMAIL_FINDING_CODE_OTHER_MANAGER: another program writes main.cf anew
 * @NULLMAIL_FINDING_CODE_SUBMISSION_REFUSED: nobody, or not the usual users, may send mail
 * @NULLMAIL_FINDING_CODE_TABLE_WRONG: the table does not answer what its password file says, or
 *   cannot be opened
 * @NULLMAIL_FINDING_CODE_TABLE_MISSING: a table of another parameter than
 *   `smtp_sasl_password_maps` is missing, or Postfix cannot open its type
 * @NULLMAIL_FINDING_CODE_FALLBACK_WITHOUT_LOGIN: there is no password for a relay of
 *   `smtp_fallback_relay`
 * @NULLMAIL_FINDING_CODE_MAIL_HELD: mail is taken, and never sent, or no message passes
 * @NULLMAIL_FINDING_CODE_POSTFIX_STOPPED: a Postfix that runs is stopped while the plan is put in
 *   place
 * @NULLMAIL_FINDING_CODE_CREDENTIALS_SHARED: an entry of the password file would go, but another
 *   instance of Postfix uses the same file and needs it
 * @NULLMAIL_FINDING_CODE_PASSWORD_LOGGED: Postfix writes the password into the mail log
 * @NULLMAIL_FINDING_CODE_VALUE_DERIVED: the plan changes a value that was not assigned, and follows
 *   from others that were
 *
 * What is wrong, or may be, with a configuration.
 *
 * Since: 1.0
 */
typedef enum
{
  NULLMAIL_FINDING_CODE_NONE = 0,
  NULLMAIL_FINDING_CODE_NO_RELAY = 1,
  NULLMAIL_FINDING_CODE_RELAY_WITHOUT_BRACKETS = 2,
  NULLMAIL_FINDING_CODE_OBSOLETE_TLS_PARAMETER = 3,
  NULLMAIL_FINDING_CODE_TLS_OPPORTUNISTIC_WITH_AUTH = 4,
  NULLMAIL_FINDING_CODE_TLS_UNVERIFIED = 5,
  NULLMAIL_FINDING_CODE_TLS_WRAPPER_MISSING = 6,
  NULLMAIL_FINDING_CODE_TLS_WRAPPER_UNEXPECTED = 7,
  NULLMAIL_FINDING_CODE_TLS_WRAPPER_LEVEL = 8,
  NULLMAIL_FINDING_CODE_CA_MISSING = 9,
  NULLMAIL_FINDING_CODE_PASSWORD_MAP_MISSING = 10,
  NULLMAIL_FINDING_CODE_CREDENTIALS_MISSING = 11,
  NULLMAIL_FINDING_CODE_CREDENTIALS_KEY_MISMATCH = 12,
  NULLMAIL_FINDING_CODE_CREDENTIALS_KEY_SHADOWED = 13,
  NULLMAIL_FINDING_CODE_MAP_STALE = 14,
  NULLMAIL_FINDING_CODE_MAP_MISSING = 15,
  NULLMAIL_FINDING_CODE_MAP_TYPE_UNSUPPORTED = 16,
  NULLMAIL_FINDING_CODE_SECRET_FILE_MODE = 17,
  NULLMAIL_FINDING_CODE_SASL_OPTIONS_FORBID_PLAIN = 18,
  NULLMAIL_FINDING_CODE_SASL_PLUGIN_MISSING = 19,
  NULLMAIL_FINDING_CODE_PASSWORD_MAP_UNUSED = 20,
  NULLMAIL_FINDING_CODE_LISTENS_ON_NETWORK = 21,
  NULLMAIL_FINDING_CODE_LOCAL_DELIVERY = 22,
  NULLMAIL_FINDING_CODE_NETWORKS_OPEN = 23,
  NULLMAIL_FINDING_CODE_DUPLICATE_PARAMETER = 24,
  NULLMAIL_FINDING_CODE_BAD_LINE = 25,
  NULLMAIL_FINDING_CODE_INVALID_VALUE = 26,
  NULLMAIL_FINDING_CODE_MASTER_OVERRIDE = 27,
  NULLMAIL_FINDING_CODE_RELAY_OVERRIDDEN = 28,
  NULLMAIL_FINDING_CODE_HOSTNAME_NOT_QUALIFIED = 29,
  NULLMAIL_FINDING_CODE_NOT_RUNNING = 30,
  NULLMAIL_FINDING_CODE_NOT_ENABLED = 31,
  NULLMAIL_FINDING_CODE_RESTART_PENDING = 32,
  NULLMAIL_FINDING_CODE_MAIL_WAITING = 33,
  NULLMAIL_FINDING_CODE_CHROOT_STALE = 34,
  NULLMAIL_FINDING_CODE_CREDENTIALS_NOT_UNDONE = 35,
  NULLMAIL_FINDING_CODE_TLS_OVERRIDDEN = 36,
  NULLMAIL_FINDING_CODE_ORIGIN_NOT_ROUTABLE = 37,
  NULLMAIL_FINDING_CODE_RELAY_NAME_UNVERIFIABLE = 38,
  NULLMAIL_FINDING_CODE_PROTOCOL_UNAVAILABLE = 39,
  NULLMAIL_FINDING_CODE_RELAY_IS_SELF = 40,
  NULLMAIL_FINDING_CODE_NOT_CHECKED = 41,
  NULLMAIL_FINDING_CODE_PASSWORD_IN_MAIN_CF = 42,
  NULLMAIL_FINDING_CODE_UNKNOWN_PARAMETER = 43,
  NULLMAIL_FINDING_CODE_POSTFIX_REFUSES = 44,
  NULLMAIL_FINDING_CODE_OPEN_RELAY = 45,
  NULLMAIL_FINDING_CODE_SENDER_NOT_SET = 46,
  NULLMAIL_FINDING_CODE_BOUNCES_REWRITTEN = 47,
  NULLMAIL_FINDING_CODE_ROOT_MAIL_NOWHERE = 48,
  NULLMAIL_FINDING_CODE_MECHANISM_PREFERRED = 49,
  NULLMAIL_FINDING_CODE_TLS_WAIVABLE = 50,
  NULLMAIL_FINDING_CODE_SERVICE_MISSING = 51,
  NULLMAIL_FINDING_CODE_MAP_TYPE_DEPRECATED = 52,
  NULLMAIL_FINDING_CODE_PASSWORD_LOGIN_RETIRED = 53,
  NULLMAIL_FINDING_CODE_CLIENT_CERTIFICATE_BAD = 54,
  NULLMAIL_FINDING_CODE_MAIL_SERVER = 55,
  NULLMAIL_FINDING_CODE_MAP_REDIRECTED = 56,
  NULLMAIL_FINDING_CODE_OTHER_MANAGER = 57,
  NULLMAIL_FINDING_CODE_SUBMISSION_REFUSED = 58,
  NULLMAIL_FINDING_CODE_TABLE_WRONG = 59,
  NULLMAIL_FINDING_CODE_TABLE_MISSING = 60,
  NULLMAIL_FINDING_CODE_FALLBACK_WITHOUT_LOGIN = 61,
  NULLMAIL_FINDING_CODE_MAIL_HELD = 62,
  NULLMAIL_FINDING_CODE_POSTFIX_STOPPED = 63,
  NULLMAIL_FINDING_CODE_CREDENTIALS_SHARED = 64,
  NULLMAIL_FINDING_CODE_PASSWORD_LOGGED = 65,
  NULLMAIL_FINDING_CODE_VALUE_DERIVED = 70,
} NullmailFindingCode;

/**
 * NullmailSeverity:
 * @NULLMAIL_SEVERITY_UNKNOWN: not a severity
 * @NULLMAIL_SEVERITY_NOTICE: worth knowing
 * @NULLMAIL_SEVERITY_WARNING: mail goes out, but not as it should, or may stop to
 * @NULLMAIL_SEVERITY_ERROR: mail does not go out, or a password or message is in danger
 *
 * How much a finding matters.
 *
 * Since: 1.0
 */
typedef enum
{
  NULLMAIL_SEVERITY_UNKNOWN = 0,
  NULLMAIL_SEVERITY_NOTICE = 1,
  NULLMAIL_SEVERITY_WARNING = 2,
  NULLMAIL_SEVERITY_ERROR = 3,
} NullmailSeverity;

NULLMAIL_AVAILABLE_IN_1_0
GType                nullmail_finding_get_type       (void) G_GNUC_CONST;

NULLMAIL_AVAILABLE_IN_1_0
NullmailFinding     *nullmail_finding_ref            (NullmailFinding       *self);
NULLMAIL_AVAILABLE_IN_1_0
void                 nullmail_finding_unref          (NullmailFinding       *self);

NULLMAIL_AVAILABLE_IN_1_0
NullmailFindingCode  nullmail_finding_get_code       (const NullmailFinding *self);
NULLMAIL_AVAILABLE_IN_1_0
const char          *nullmail_finding_get_subject    (const NullmailFinding *self);
NULLMAIL_AVAILABLE_IN_1_0
NullmailSeverity     nullmail_finding_get_severity   (const NullmailFinding *self);
NULLMAIL_AVAILABLE_IN_1_0
const char          *nullmail_finding_get_message    (const NullmailFinding *self);
NULLMAIL_AVAILABLE_IN_1_0
const char          *nullmail_finding_get_remedy     (const NullmailFinding *self);
NULLMAIL_AVAILABLE_IN_1_0
const char          *nullmail_finding_get_path       (const NullmailFinding *self);
NULLMAIL_AVAILABLE_IN_1_0
guint                nullmail_finding_get_line       (const NullmailFinding *self);
NULLMAIL_AVAILABLE_IN_1_0
const char          *nullmail_finding_get_parameter  (const NullmailFinding *self);
NULLMAIL_AVAILABLE_IN_1_0
const char          *nullmail_finding_get_suggestion (const NullmailFinding *self);

NULLMAIL_AVAILABLE_IN_1_0
const char          *nullmail_finding_get_url        (const NullmailFinding *self);

NULLMAIL_AVAILABLE_IN_1_0
gboolean             nullmail_finding_can_fix        (const NullmailFinding *self);
NULLMAIL_AVAILABLE_IN_1_0
gboolean             nullmail_finding_fix            (const NullmailFinding *self,
                                                      NullmailMainCf        *main_cf);
NULLMAIL_AVAILABLE_IN_1_0
gboolean             nullmail_finding_equal          (const NullmailFinding *self,
                                                      const NullmailFinding *other);
NULLMAIL_AVAILABLE_IN_1_0
GVariant            *nullmail_finding_to_variant     (const NullmailFinding *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullmailFinding, nullmail_finding_unref)

G_END_DECLS
