/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "queue/delivery-report-private.h"

#include "enum-types.h"

/**
 * NullmailDeliveryReport:
 *
 * Where a test message, or any other, got to.
 *
 * A message may have several recipients. The report is about the one that fared worst, and says
 * [enum@DeliveryState].SENT only if all of them were reached.
 *
 * Since: 1.0
 */
struct _NullmailDeliveryReport
{
  gatomicrefcount        ref_count;

  NullmailDeliveryFacts  facts;
  NullmailDelayCause     cause;
};

G_DEFINE_BOXED_TYPE (NullmailDeliveryReport, nullmail_delivery_report,
                     nullmail_delivery_report_ref, nullmail_delivery_report_unref)

void
_nullmail_delivery_facts_clear (NullmailDeliveryFacts *self)
{
  g_free (self->queue_id);
  g_free (self->recipient);
  g_free (self->relay);
  g_free (self->dsn);
  g_free (self->reply);
  g_free (self->detail);
  g_free (self->tls);
  g_free (self->bounce_id);
  *self = (NullmailDeliveryFacts) { 0 };
}

void
_nullmail_delivery_facts_copy (NullmailDeliveryFacts       *self,
                               const NullmailDeliveryFacts *other)
{
  _nullmail_delivery_facts_clear (self);
  self->queue_id = g_strdup (other->queue_id);
  self->recipient = g_strdup (other->recipient);
  self->state = other->state;
  self->relay = g_strdup (other->relay);
  self->dsn = g_strdup (other->dsn);
  self->reply = g_strdup (other->reply);
  self->delay_ms = other->delay_ms;
  self->detail = g_strdup (other->detail);
  self->tls = g_strdup (other->tls);
  self->bounce_id = g_strdup (other->bounce_id);
}

NullmailDeliveryReport *
_nullmail_delivery_report_new_take (NullmailDeliveryFacts *facts)
{
  NullmailDeliveryReport *self = g_new0 (NullmailDeliveryReport, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->facts = *facts;
  *facts = (NullmailDeliveryFacts) { 0 };
  self->cause = NULLMAIL_DELAY_CAUSE_NO_REASON;
  if (self->facts.state != NULLMAIL_DELIVERY_STATE_SENT && self->facts.reply != NULL)
    self->cause = nullmail_delay_cause_from_reason (self->facts.reply);
  return self;
}

/**
 * nullmail_delivery_report_ref:
 * @self: a report
 *
 * Adds a reference. Any thread may call this.
 *
 * Returns: (transfer full) (not nullable): @self
 *
 * Since: 1.0
 */
NullmailDeliveryReport *
nullmail_delivery_report_ref (NullmailDeliveryReport *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * nullmail_delivery_report_unref:
 * @self: (transfer full): a report
 *
 * Drops a reference, and frees the report with the last one. Any thread may call this.
 *
 * Since: 1.0
 */
void
nullmail_delivery_report_unref (NullmailDeliveryReport *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  _nullmail_delivery_facts_clear (&self->facts);
  g_free (self);
}

/**
 * nullmail_delivery_report_get_queue_id:
 * @self: a report
 *
 * Returns by what name Postfix knows the message. A message that Postfix has not yet taken in, be
 * it stopped or late, is in the queue `maildrop`, and gets another name when it is taken.
 *
 * Returns: (transfer none) (not nullable): a queue id; empty where it was not found out
 *
 * Since: 1.0
 */
const char *
nullmail_delivery_report_get_queue_id (NullmailDeliveryReport *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->facts.queue_id != NULL ? self->facts.queue_id : "";
}

/**
 * nullmail_delivery_report_get_recipient:
 * @self: a report
 *
 * Returns the recipient that the report is about, as Postfix has rewritten it.
 *
 * Returns: (transfer none) (not nullable): an address; empty where it was not found out
 *
 * Since: 1.0
 */
const char *
nullmail_delivery_report_get_recipient (NullmailDeliveryReport *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->facts.recipient != NULL ? self->facts.recipient : "";
}

/**
 * nullmail_delivery_report_get_state:
 * @self: a report
 *
 * Returns where the message got to.
 *
 * Returns: the state
 *
 * Since: 1.0
 */
NullmailDeliveryState
nullmail_delivery_report_get_state (NullmailDeliveryReport *self)
{
  g_return_val_if_fail (self != NULL, NULLMAIL_DELIVERY_STATE_UNKNOWN);

  return self->facts.state;
}

/**
 * nullmail_delivery_report_get_relay:
 * @self: a report
 *
 * Returns the relay that was spoken to last, as the log has it: `smtp.example.com[192.0.2.1]:587`.
 *
 * Returns: (transfer none) (nullable): a host; %NULL where none was reached
 *
 * Since: 1.0
 */
const char *
nullmail_delivery_report_get_relay (NullmailDeliveryReport *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->facts.relay;
}

/**
 * nullmail_delivery_report_get_dsn:
 * @self: a report
 *
 * Returns the enhanced status code, see RFC 3463.
 *
 * Returns: (transfer none) (nullable): for example `4.7.8`; %NULL where there is none
 *
 * Since: 1.0
 */
const char *
nullmail_delivery_report_get_dsn (NullmailDeliveryReport *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->facts.dsn;
}

/**
 * nullmail_delivery_report_get_reply:
 * @self: a report
 *
 * Returns what the relay, or Postfix itself, has said of the message. What may be a password in the
 * reply to a login is shown as asterisks.
 *
 * Returns: (transfer none) (nullable): a text; %NULL where there is none
 *
 * Since: 1.0
 */
const char *
nullmail_delivery_report_get_reply (NullmailDeliveryReport *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->facts.reply;
}

/**
 * nullmail_delivery_report_get_delay_ms:
 * @self: a report
 *
 * Returns how long the message has taken so far, as the log has it.
 *
 * Returns: milliseconds; 0 where that is not known
 *
 * Since: 1.0
 */
guint
nullmail_delivery_report_get_delay_ms (NullmailDeliveryReport *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->facts.delay_ms;
}

/**
 * nullmail_delivery_report_get_cause:
 * @self: a report
 *
 * Returns what the reply comes down to, if the message did not get through.
 *
 * Returns: the cause, as of [func@DelayCause.from_reason]; %NULLMAIL_DELAY_CAUSE_NO_REASON for
 *   one that did, or that nothing is known of
 *
 * Since: 1.0
 */
NullmailDelayCause
nullmail_delivery_report_get_cause (NullmailDeliveryReport *self)
{
  g_return_val_if_fail (self != NULL, NULLMAIL_DELAY_CAUSE_UNKNOWN);

  return self->cause;
}

/**
 * nullmail_delivery_report_get_detail:
 * @self: a report
 *
 * Returns what stands behind a reply that says little, such as “Server certificate not verified”:
 * the line of the mail log with the reason. Where no log could be read, or the message waits for
 * somebody to act, it says that.
 *
 * Returns: (transfer none) (nullable): a line; %NULL where there is nothing to add
 *
 * Since: 1.0
 */
const char *
nullmail_delivery_report_get_detail (NullmailDeliveryReport *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->facts.detail;
}

/**
 * nullmail_delivery_report_get_tls:
 * @self: a report
 *
 * Returns what the log says of the channel, where it does: see `smtp_tls_loglevel` in postconf(5).
 *
 * Returns: (transfer none) (nullable): a text, such as `Verified: TLSv1.3 with cipher …`; %NULL
 *   without TLS, or where it is not logged
 *
 * Since: 1.0
 */
const char *
nullmail_delivery_report_get_tls (NullmailDeliveryReport *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->facts.tls;
}

/**
 * nullmail_delivery_report_get_bounce_id:
 * @self: a report
 *
 * Returns by what queue id the message went back to its sender.
 *
 * Returns: (transfer none) (nullable): a queue id; %NULL where it did not
 *
 * Since: 1.0
 */
const char *
nullmail_delivery_report_get_bounce_id (NullmailDeliveryReport *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->facts.bounce_id;
}

/**
 * nullmail_delivery_report_equal:
 * @self: a report
 * @other: another report
 *
 * Compares two reports.
 *
 * Returns: %TRUE if they say the same
 *
 * Since: 1.0
 */
gboolean
nullmail_delivery_report_equal (NullmailDeliveryReport *self,
                                NullmailDeliveryReport *other)
{
  g_autoptr(GVariant) a = NULL;
  g_autoptr(GVariant) b = NULL;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (other != NULL, FALSE);

  a = nullmail_delivery_report_to_variant (self);
  b = nullmail_delivery_report_to_variant (other);
  return g_variant_equal (a, b);
}

static void
add_text (GVariantBuilder *builder,
          const char      *key,
          const char      *text)
{
  if (text != NULL)
    g_variant_builder_add (builder, "{sv}", key, g_variant_new_string (text));
}

static void
add_nick (GVariantBuilder *builder,
          const char      *key,
          GType            type,
          int              value)
{
  g_autoptr(GEnumClass) values = g_type_class_ref (type);

  add_text (builder, key, g_enum_get_value (values, value)->value_nick);
}

/**
 * nullmail_delivery_report_to_variant:
 * @self: a report
 *
 * Writes the report as a dictionary (`a{sv}`) with the keys `queue-id`, `recipient`, `state`,
 * `relay`, `dsn`, `reply`, `delay-ms`, `cause`, `detail`, `tls` and `bounce-id`; what is not there
 * has no key.
 *
 * Returns: (transfer full) (not nullable): a new variant, not floating
 *
 * Since: 1.0
 */
GVariant *
nullmail_delivery_report_to_variant (NullmailDeliveryReport *self)
{
  GVariantBuilder builder;

  g_return_val_if_fail (self != NULL, NULL);

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  add_text (&builder, "queue-id", nullmail_delivery_report_get_queue_id (self));
  add_text (&builder, "recipient", nullmail_delivery_report_get_recipient (self));
  add_nick (&builder, "state", NULLMAIL_TYPE_DELIVERY_STATE, self->facts.state);
  add_text (&builder, "relay", self->facts.relay);
  add_text (&builder, "dsn", self->facts.dsn);
  add_text (&builder, "reply", self->facts.reply);
  g_variant_builder_add (&builder, "{sv}", "delay-ms",
                         g_variant_new_uint32 (self->facts.delay_ms));
  add_nick (&builder, "cause", NULLMAIL_TYPE_DELAY_CAUSE, self->cause);
  add_text (&builder, "detail", self->facts.detail);
  add_text (&builder, "tls", self->facts.tls);
  add_text (&builder, "bounce-id", self->facts.bounce_id);

  return g_variant_ref_sink (g_variant_builder_end (&builder));
}
