/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "check/finding-private.h"

#include <string.h>

#include "enum-types.h"

/**
 * NullmailFinding:
 *
 * One thing that is wrong with a configuration, or may be, and what to do about it.
 *
 * Findings are about what Postfix accepts in silence and fails on later, when a message is to be
 * delivered, and about what puts messages or a password at risk. The sentences are in the
 * language of the user and never hold a password.
 *
 * This is an immutable, reference-counted value; any thread may use it.
 *
 * Since: 1.0
 */
struct _NullmailFinding
{
  gatomicrefcount ref_count;

  NullmailFindingCode code;
  NullmailSeverity    severity;
  NullmailFix         fix;
  char               *parameter;   /* (owned) (nullable) */
  char               *suggestion;  /* (owned) (nullable) */
  char               *subject;     /* (owned) (nullable) */
  char               *path;        /* (owned) (nullable) */
  guint               line;
  char               *message;     /* (owned) */
  char               *remedy;      /* (owned) */
};

G_DEFINE_BOXED_TYPE (NullmailFinding, nullmail_finding,
                     nullmail_finding_ref, nullmail_finding_unref)

NullmailFinding *
_nullmail_finding_new (const NullmailFindingFacts *facts,
                       char                       *take_message,
                       char                       *take_remedy)
{
  NullmailFinding *self = g_new0 (NullmailFinding, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->code = facts->code;
  self->severity = facts->severity;
  self->fix = facts->fix;
  self->parameter = g_strdup (facts->parameter);
  self->suggestion = g_strdup (facts->suggestion);
  self->subject = g_strdup (facts->subject);
  self->path = g_strdup (facts->path);
  self->line = facts->line;
  self->message = take_message;
  self->remedy = take_remedy;

  return self;
}

NullmailFinding *
_nullmail_finding_without_fix (const NullmailFinding *self)
{
  NullmailFindingFacts facts = {
    .code = self->code,
    .severity = self->severity,
    .parameter = self->parameter,
    .subject = self->subject,
    .path = self->path,
    .line = self->line,
  };

  return _nullmail_finding_new (&facts, g_strdup (self->message), g_strdup (self->remedy));
}

/**
 * nullmail_finding_ref:
 * @self: a finding
 *
 * Takes a reference; any thread may.
 *
 * Returns: (transfer full) (not nullable): @self
 *
 * Since: 1.0
 */
NullmailFinding *
nullmail_finding_ref (NullmailFinding *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * nullmail_finding_unref:
 * @self: (transfer full): a finding
 *
 * Gives a reference back, and frees the finding with the last one; any thread may.
 *
 * Since: 1.0
 */
void
nullmail_finding_unref (NullmailFinding *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_free (self->parameter);
  g_free (self->suggestion);
  g_free (self->subject);
  g_free (self->path);
  g_free (self->message);
  g_free (self->remedy);
  g_free (self);
}

/**
 * nullmail_finding_get_code:
 * @self: a finding
 *
 * Gets what was found, for programs.
 *
 * Returns: the code, never %NULLMAIL_FINDING_CODE_NONE
 *
 * Since: 1.0
 */
NullmailFindingCode
nullmail_finding_get_code (const NullmailFinding *self)
{
  g_return_val_if_fail (self != NULL, NULLMAIL_FINDING_CODE_NONE);

  return self->code;
}

/**
 * nullmail_finding_get_subject:
 * @self: a finding
 *
 * Gets what the finding is about where the parameter does not say it: the key of an entry in the
 * password file, a path, or for %NULLMAIL_FINDING_CODE_NOT_CHECKED the nick of the finding that is
 * left open.
 *
 * Returns: (transfer none) (nullable): the subject, or %NULL
 *
 * Since: 1.0
 */
const char *
nullmail_finding_get_subject (const NullmailFinding *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->subject;
}

/**
 * nullmail_finding_get_severity:
 * @self: a finding
 *
 * Gets how much the finding matters. A plan that brings in an error is not applied unless it is
 * forced.
 *
 * Returns: the severity, never %NULLMAIL_SEVERITY_UNKNOWN
 *
 * Since: 1.0
 */
NullmailSeverity
nullmail_finding_get_severity (const NullmailFinding *self)
{
  g_return_val_if_fail (self != NULL, NULLMAIL_SEVERITY_UNKNOWN);

  return self->severity;
}

/**
 * nullmail_finding_get_message:
 * @self: a finding
 *
 * Gets what is wrong and what it leads to, for people.
 *
 * Returns: (transfer none) (not nullable): a sentence or two in the language of the user, without a
 *   password
 *
 * Since: 1.0
 */
const char *
nullmail_finding_get_message (const NullmailFinding *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->message;
}

/**
 * nullmail_finding_get_remedy:
 * @self: a finding
 *
 * Gets what to do about it, for people.
 *
 * Returns: (transfer none) (not nullable): a sentence or two in the language of the user
 *
 * Since: 1.0
 */
const char *
nullmail_finding_get_remedy (const NullmailFinding *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->remedy;
}

/**
 * nullmail_finding_get_path:
 * @self: a finding
 *
 * Gets the file that the finding is about.
 *
 * Returns: (transfer none) (nullable) (type filename): the path, or %NULL for none
 *
 * Since: 1.0
 */
const char *
nullmail_finding_get_path (const NullmailFinding *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->path;
}

/**
 * nullmail_finding_get_line:
 * @self: a finding
 *
 * Gets the line of the file that the finding is about.
 *
 * Returns: the number of the line, counted from 1, or 0 for the whole file, a parameter that is not
 *   there, or no file at all
 *
 * Since: 1.0
 */
guint
nullmail_finding_get_line (const NullmailFinding *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->line;
}

/**
 * nullmail_finding_get_parameter:
 * @self: a finding
 *
 * Gets the parameter that the finding is about, be it there or missing.
 *
 * Returns: (transfer none) (nullable): the name of the parameter, or %NULL for none
 *
 * Since: 1.0
 */
const char *
nullmail_finding_get_parameter (const NullmailFinding *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->parameter;
}

/**
 * nullmail_finding_get_suggestion:
 * @self: a finding
 *
 * Gets the value that the parameter should have, which is what [method@Finding.fix] writes.
 *
 * Returns: (transfer none) (nullable): the value, `""` for an empty one, or %NULL where there is
 *   none to suggest
 *
 * Since: 1.0
 */
const char *
nullmail_finding_get_suggestion (const NullmailFinding *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->suggestion;
}

/**
 * nullmail_finding_get_url:
 * @self: a finding
 *
 * Gets the place in the documentation that tells more of findings with this code.
 *
 * It is the page as it is installed with the documentation, which may be a package of its own: one
 * who offers it as a link looks first whether there is such a file.
 *
 * Returns: (transfer none) (not nullable): an address with the scheme `file`, whose fragment is the
 *   nick of the code
 *
 * Since: 1.0
 */
const char *
nullmail_finding_get_url (const NullmailFinding *self)
{
  g_autoptr(GEnumClass) codes = NULL;
  g_autofree char *page = NULL, *url = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  codes = g_type_class_ref (NULLMAIL_TYPE_FINDING_CODE);
  page = g_filename_to_uri (NULLMAIL_DOCUMENTATION "/findings.html", NULL, NULL);
  url = g_strconcat (page, "#", g_enum_get_value (codes, self->code)->value_nick, NULL);
  return g_intern_string (url);
}

/**
 * nullmail_finding_can_fix:
 * @self: a finding
 *
 * Tells whether [method@Finding.fix] mends it. For all others the remedy says what to do; some of
 * them, such as a stale table, any plan repairs.
 *
 * Returns: %TRUE if an edit of main.cf is the remedy, and is known
 *
 * Since: 1.0
 */
gboolean
nullmail_finding_can_fix (const NullmailFinding *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->parameter != NULL && self->fix != NULLMAIL_FIX_NONE;
}

/**
 * nullmail_finding_fix:
 * @self: a finding
 * @main_cf: the document to mend
 *
 * Mends a document in memory, where that takes no more than an edit of it.
 *
 * The parameter is set to the suggestion, which takes the line of a misspelt name away, or removed,
 * replaced by its successor or rid of its duplicates. What it needs beside itself is written with
 * it: with a TLS level the list of login mechanisms that decides there, with `smtp_tls_wrappermode`
 * a level that it works with. Other findings may come or go with it, so check again before fixing
 * the next.
 *
 * A fix never gives the relay a weaker channel, nor brings in an error for which a plan would be
 * refused: a finding that cannot be mended without that has no suggestion. What makes a login
 * possible, such as the table with the password, is not done either while the password could go
 * out in clear: mend the TLS level first.
 *
 * Returns: %TRUE if the document was changed; %FALSE if there is nothing left to mend in it, or the
 *   remedy is another
 *
 * Since: 1.0
 */
gboolean
nullmail_finding_fix (const NullmailFinding *self,
                      NullmailMainCf        *main_cf)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (NULLMAIL_IS_MAIN_CF (main_cf), FALSE);

  if (!nullmail_finding_can_fix (self))
    return FALSE;

  return _nullmail_fix_apply (self->fix, self->parameter, self->suggestion, self->subject,
                              main_cf);
}

/**
 * nullmail_finding_equal:
 * @self: a finding
 * @other: another finding
 *
 * Checks whether two findings are the same in everything.
 *
 * Returns: %TRUE if they are
 *
 * Since: 1.0
 */
gboolean
nullmail_finding_equal (const NullmailFinding *self,
                        const NullmailFinding *other)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (other != NULL, FALSE);

  return self->code == other->code && self->severity == other->severity
         && self->fix == other->fix && self->line == other->line
         && g_strcmp0 (self->parameter, other->parameter) == 0
         && g_strcmp0 (self->suggestion, other->suggestion) == 0
         && g_strcmp0 (self->subject, other->subject) == 0
         && g_strcmp0 (self->path, other->path) == 0
         && g_strcmp0 (self->message, other->message) == 0
         && g_strcmp0 (self->remedy, other->remedy) == 0;
}

static void
add_text (GVariantDict *dict,
          const char   *key,
          const char   *text)
{
  g_autofree char *valid = NULL;

  if (text == NULL)
    return;

  valid = g_utf8_make_valid (text, -1);
  g_variant_dict_insert (dict, key, "s", valid);
}

static void
add_nick (GVariantDict *dict,
          const char   *key,
          GType         type,
          int           value)
{
  g_autoptr(GEnumClass) klass = g_type_class_ref (type);
  const GEnumValue *found = g_enum_get_value (klass, value);

  g_variant_dict_insert (dict, key, "s", found->value_nick);
}

/**
 * nullmail_finding_to_variant:
 * @self: a finding
 *
 * Gets the finding as a dictionary, for JSON and the like.
 *
 * The keys are `code`, `severity` (both as nicks), `message`, `remedy`, `can-fix` (`b`), and where
 * there is one `subject`, `path`, `line`, `parameter` and `suggestion`.
 *
 * Returns: (transfer full) (not nullable): a new variant of type `a{sv}`, not floating
 *
 * Since: 1.0
 */
GVariant *
nullmail_finding_to_variant (const NullmailFinding *self)
{
  g_auto(GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  g_return_val_if_fail (self != NULL, NULL);

  add_nick (&dict, "code", NULLMAIL_TYPE_FINDING_CODE, self->code);
  add_nick (&dict, "severity", NULLMAIL_TYPE_SEVERITY, self->severity);
  add_text (&dict, "message", self->message);
  add_text (&dict, "remedy", self->remedy);
  add_text (&dict, "subject", self->subject);
  add_text (&dict, "path", self->path);
  add_text (&dict, "parameter", self->parameter);
  add_text (&dict, "suggestion", self->suggestion);
  if (self->line > 0)
    g_variant_dict_insert (&dict, "line", "u", self->line);
  g_variant_dict_insert (&dict, "can-fix", "b", nullmail_finding_can_fix (self));

  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

int
_nullmail_finding_compare (gconstpointer a,
                           gconstpointer b)
{
  const NullmailFinding *left = *(const NullmailFinding *const *) a;
  const NullmailFinding *right = *(const NullmailFinding *const *) b;
  int order;

  if (left->severity != right->severity)
    return left->severity > right->severity ? -1 : 1;
  if (left->code != right->code)
    return left->code < right->code ? -1 : 1;

  order = g_strcmp0 (left->parameter, right->parameter);
  if (order == 0)
    order = g_strcmp0 (left->path, right->path);
  if (order == 0)
    order = g_strcmp0 (left->subject, right->subject);
  if (order == 0 && left->line != right->line)
    return left->line < right->line ? -1 : 1;

  return order;
}

static gboolean
is_about_channel (const NullmailFinding *self)
{
  return (self->code >= NULLMAIL_FINDING_CODE_TLS_OPPORTUNISTIC_WITH_AUTH
          && self->code <= NULLMAIL_FINDING_CODE_CREDENTIALS_KEY_MISMATCH)
         || (self->code >= NULLMAIL_FINDING_CODE_MAP_TYPE_UNSUPPORTED
             && self->code <= NULLMAIL_FINDING_CODE_SASL_PLUGIN_MISSING)
         || self->code == NULLMAIL_FINDING_CODE_TLS_OVERRIDDEN;
}

/* What makes two findings the same matter: code, parameter, path and subject. */
static guint
hash_matter (gconstpointer data)
{
  const NullmailFinding *self = data;
  const char *texts[] = { self->parameter, self->path, self->subject };
  guint hash = self->code;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    hash = hash * 31 + (texts[i] != NULL ? g_str_hash (texts[i]) : 0);

  return hash;
}

static gboolean
is_same_matter (gconstpointer a,
                gconstpointer b)
{
  const NullmailFinding *left = a, *right = b;

  return left->code == right->code
         && g_strcmp0 (left->parameter, right->parameter) == 0
         && g_strcmp0 (left->path, right->path) == 0
         && g_strcmp0 (left->subject, right->subject) == 0;
}

gboolean
_nullmail_finding_list_has_matter (GPtrArray             *list,
                                   const NullmailFinding *finding)
{
  return g_ptr_array_find_with_equal_func (list, finding, is_same_matter, NULL);
}

GPtrArray *
_nullmail_finding_list_new (GPtrArray *before,
                            GPtrArray *after,
                            gboolean   is_weaker)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) nullmail_finding_unref);
  g_autoptr(GHashTable) known = g_hash_table_new (hash_matter, is_same_matter);

  for (guint i = 0; i < before->len; i++)
    g_hash_table_add (known, g_ptr_array_index (before, i));

  for (guint i = 0; i < after->len; i++)
    {
      NullmailFinding *finding = g_ptr_array_index (after, i);

      if ((is_weaker && finding->severity == NULLMAIL_SEVERITY_ERROR && is_about_channel (finding))
          || !g_hash_table_contains (known, finding))
        g_ptr_array_add (list, nullmail_finding_ref (finding));
    }

  return list;
}

GPtrArray *
_nullmail_finding_list_errors (GPtrArray *findings)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) nullmail_finding_unref);

  for (guint i = 0; i < findings->len; i++)
    {
      NullmailFinding *finding = g_ptr_array_index (findings, i);

      if (finding->severity == NULLMAIL_SEVERITY_ERROR)
        g_ptr_array_add (list, nullmail_finding_ref (finding));
    }

  return list;
}

GPtrArray *
_nullmail_finding_list_new_errors (GPtrArray *before,
                                   GPtrArray *after,
                                   gboolean   is_weaker)
{
  g_autoptr(GPtrArray) found = _nullmail_finding_list_new (before, after, is_weaker);

  return _nullmail_finding_list_errors (found);
}
