/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "queue/delay-cause.h"

#include "queue/delay-reason-private.h"
#include "queue/delay-words-private.h"

#define CAUSE(name) NULLMAIL_DELAY_CAUSE_ ## name

/* A relay's reply is judged by the command that it answers, then by its codes, then by its words.
 * The codes alone would not do: 5.7.1 is a password, a sender, a recipient, a block list and a
 * virus. Nor would the words: “not authenticated” is about a login before a message, and about SPF
 * and DKIM behind one. */

/* Postfix's own reasons have neither command nor code. */
static NullmailDelayCause
judge_own_words (const NullmailDelayReason *reason)
{
  static const NullmailDelayCause order[] = {
    CAUSE (MESSAGE_REFUSED), CAUSE (AUTHENTICATION), CAUSE (DNS), CAUSE (LOCAL), CAUSE (TLS),
    CAUSE (RECIPIENT_REFUSED), CAUSE (NETWORK),
  };

  return _nullmail_delay_words_find (NULLMAIL_DELAY_WORDS_POSTFIX, order, G_N_ELEMENTS (order),
                                     reason);
}

static gboolean
is_status (const NullmailDelayReason *reason,
           guint                      subject,
           guint                      detail)
{
  return reason->status[0] >= 4 && reason->status[1] == subject && reason->status[2] == detail;
}

/* What the codes of RFC 3463, and those of one provider, leave no doubt about. */
static NullmailDelayCause
judge_status (const NullmailDelayReason *reason)
{
  static const struct
  {
    guint              subject, first, last;
    NullmailDelayCause cause;
  } table[] = {
    { 1, 1, 3, CAUSE (RECIPIENT_REFUSED) },    /* no such mailbox, domain, or syntax of them */
    { 1, 6, 6, CAUSE (RECIPIENT_REFUSED) },    /* the mailbox has moved */
    { 1, 7, 8, CAUSE (SENDER_REFUSED) },       /* syntax of the sender, or its domain */
    { 1, 10, 10, CAUSE (RECIPIENT_REFUSED) },  /* the domain takes no mail */
    { 2, 1, 2, CAUSE (RECIPIENT_REFUSED) },    /* disabled, or full */
    { 2, 3, 3, CAUSE (MESSAGE_REFUSED) },      /* too long for the mailbox */
    { 2, 252, 252, CAUSE (SENDER_REFUSED) },   /* Microsoft: SendAsDenied */
    { 3, 4, 4, CAUSE (MESSAGE_REFUSED) },      /* too big for the system */
    { 4, 5, 5, CAUSE (RATE_LIMIT) },           /* congestion; Google: the daily quota */
    { 5, 3, 3, CAUSE (RATE_LIMIT) },           /* too many recipients */
    { 6, 0, 11, CAUSE (MESSAGE_REFUSED) },     /* the form of the message */
    { 7, 8, 8, CAUSE (AUTHENTICATION) },       /* RFC 4954: credentials invalid */
    { 7, 10, 11, CAUSE (TLS) },                /* encryption needed */
    { 7, 20, 30, CAUSE (BLOCKED) },            /* RFC 7372, 7489: SPF, DKIM, DMARC, PTR */
    { 7, 57, 57, CAUSE (AUTHENTICATION) },     /* Microsoft: not authenticated */
    { 7, 60, 60, CAUSE (SENDER_REFUSED) },     /* Microsoft: not allowed to send as */
    { 7, 64, 64, CAUSE (RELAY_DENIED) },       /* Microsoft: no connector for this client */
    { 7, 139, 139, CAUSE (AUTHENTICATION) },   /* Microsoft: this way to log in is closed */
    { 7, 501, 649, CAUSE (BLOCKED) },          /* Microsoft: banned senders and addresses */
    { 7, 705, 705, CAUSE (RATE_LIMIT) },       /* Microsoft: the tenant's limit */
    { 7, 708, 708, CAUSE (BLOCKED) },          /* Microsoft: no traffic from this address */
    { 7, 750, 750, CAUSE (SENDER_REFUSED) },   /* Microsoft: the domain is not registered */
  };

  if (reason->status[0] < 4)
    return CAUSE (UNKNOWN);

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      if (reason->status[1] == table[i].subject
          && reason->status[2] >= table[i].first && reason->status[2] <= table[i].last)
        return table[i].cause;
    }

  return CAUSE (UNKNOWN);
}

/* What is the same whatever command was answered. */
static NullmailDelayCause
judge_certain (const NullmailDelayReason *reason)
{
  static const NullmailDelayCause order[] = {
    CAUSE (TLS), CAUSE (SENDER_REFUSED), CAUSE (RELAY_DENIED), CAUSE (RATE_LIMIT), CAUSE (BLOCKED),
    CAUSE (RECIPIENT_REFUSED), CAUSE (MESSAGE_REFUSED),
  };
  NullmailDelayCause cause;

  if (reason->phase == NULLMAIL_REPLY_PHASE_AUTH)
    return CAUSE (AUTHENTICATION);
  if (reason->phase == NULLMAIL_REPLY_PHASE_STARTTLS)
    return CAUSE (TLS);

  cause = _nullmail_delay_words_find (NULLMAIL_DELAY_WORDS_CERTAIN, order, G_N_ELEMENTS (order),
                                      reason);
  if (cause != CAUSE (UNKNOWN))
    return cause;

  switch (reason->code)
    {
    case 421:
      return CAUSE (RATE_LIMIT);
    case 525:
    case 530:
    case 534:
    case 535:
    case 538:
      return CAUSE (AUTHENTICATION);
    default:
      return CAUSE (UNKNOWN);
    }
}

/* What is looked for first, by the command: who is refused at MAIL FROM is mostly the sender. */
static NullmailDelayCause
judge_words (const NullmailDelayReason *reason)
{
  static const NullmailDelayCause orders[][7] = {
    [NULLMAIL_REPLY_PHASE_UNKNOWN] = {
      CAUSE (AUTHENTICATION), CAUSE (SENDER_REFUSED), CAUSE (RELAY_DENIED), CAUSE (MESSAGE_REFUSED),
      CAUSE (RATE_LIMIT), CAUSE (BLOCKED), CAUSE (RECIPIENT_REFUSED) },
    [NULLMAIL_REPLY_PHASE_GREETING] = {
      CAUSE (BLOCKED), CAUSE (RATE_LIMIT), CAUSE (AUTHENTICATION) },
    [NULLMAIL_REPLY_PHASE_MAIL] = {
      CAUSE (AUTHENTICATION), CAUSE (SENDER_REFUSED), CAUSE (RELAY_DENIED), CAUSE (MESSAGE_REFUSED),
      CAUSE (RATE_LIMIT), CAUSE (BLOCKED), CAUSE (RECIPIENT_REFUSED) },
    [NULLMAIL_REPLY_PHASE_RCPT] = {
      CAUSE (AUTHENTICATION), CAUSE (RELAY_DENIED), CAUSE (SENDER_REFUSED), CAUSE (RATE_LIMIT),
      CAUSE (BLOCKED), CAUSE (RECIPIENT_REFUSED), CAUSE (MESSAGE_REFUSED) },
    [NULLMAIL_REPLY_PHASE_DATA] = {
      CAUSE (AUTHENTICATION), CAUSE (SENDER_REFUSED), CAUSE (RELAY_DENIED), CAUSE (MESSAGE_REFUSED),
      CAUSE (RATE_LIMIT), CAUSE (BLOCKED), CAUSE (RECIPIENT_REFUSED) },
  };

  return _nullmail_delay_words_find (NULLMAIL_DELAY_WORDS_LIKELY, orders[reason->phase],
                                     G_N_ELEMENTS (orders[0]), reason);
}

/* A reply that says nothing but no. */
static NullmailDelayCause
judge_phase (const NullmailDelayReason *reason)
{
  gboolean is_final = reason->code >= 500;

  switch (reason->phase)
    {
    case NULLMAIL_REPLY_PHASE_GREETING:
      return is_final ? CAUSE (BLOCKED) : CAUSE (RATE_LIMIT);
    case NULLMAIL_REPLY_PHASE_MAIL:
      return is_final ? CAUSE (SENDER_REFUSED) : CAUSE (UNKNOWN);
    case NULLMAIL_REPLY_PHASE_RCPT:
      return is_final ? CAUSE (RECIPIENT_REFUSED) : CAUSE (UNKNOWN);
    case NULLMAIL_REPLY_PHASE_DATA:
      return is_final ? CAUSE (MESSAGE_REFUSED) : CAUSE (UNKNOWN);
    case NULLMAIL_REPLY_PHASE_UNKNOWN:
    case NULLMAIL_REPLY_PHASE_STARTTLS:
    case NULLMAIL_REPLY_PHASE_AUTH:
    default:
      return CAUSE (UNKNOWN);
    }
}

static NullmailDelayCause
judge_reply (const NullmailDelayReason *reason)
{
  NullmailDelayCause cause = judge_certain (reason);

  /* The words that contradict such a code are those above. */
  if (cause == CAUSE (UNKNOWN))
    cause = judge_status (reason);
  /* Postfix's own “reject” at the end of its list: whoever it is, it may not relay. Microsoft has
   * the same words for a recipient that is not there. */
  if (cause == CAUSE (UNKNOWN) && reason->phase == NULLMAIL_REPLY_PHASE_RCPT
      && _nullmail_delay_reason_has (reason, "access denied"))
    cause = is_status (reason, 4, 1) ? CAUSE (RECIPIENT_REFUSED) : CAUSE (RELAY_DENIED);
  if (cause == CAUSE (UNKNOWN))
    cause = judge_words (reason);
  if (cause == CAUSE (UNKNOWN))
    cause = judge_phase (reason);

  return cause;
}

/**
 * nullmail_delay_cause_from_reason:
 * @reason: why a message waits or came back, as in [method@QueueEntry.get_delay_reasons] and in the
 *   mail log
 *
 * Judges the reason that Postfix gives.
 *
 * A reply of the relay is judged by the command that it answers, then by its codes, then by its
 * words. What qmgr(8) writes around the reason of an earlier attempt does not count.
 *
 * Returns: the cause; %NULLMAIL_DELAY_CAUSE_NO_REASON for an empty text
 *
 * Since: 1.0
 */
NullmailDelayCause
nullmail_delay_cause_from_reason (const char *reason)
{
  g_auto(NullmailDelayReason) parts = { .words = NULL };

  g_return_val_if_fail (reason != NULL, NULLMAIL_DELAY_CAUSE_UNKNOWN);

  _nullmail_delay_reason_init (&parts, reason);
  if (parts.is_reply)
    return judge_reply (&parts);
  if (*parts.words == '\0')
    return NULLMAIL_DELAY_CAUSE_NO_REASON;

  return judge_own_words (&parts);
}
