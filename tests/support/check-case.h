/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "check/check-private.h"

G_BEGIN_DECLS

/* One row of a table: a null client in good order, what is changed in it, and what is found then.
 *
 * edits: lines to set, or "-name" to unset; where it begins with "=", the text of a whole main.cf.
 * passwords: the password file instead of one that has the relay; "" for none.
 * expected: a line a finding: code, letter of the severity, and where there are such the parameter,
 * "=" and the suggestion, the subject in parentheses, file and line behind "@". */
typedef struct
{
  const char *name;
  const char *edits;
  const char *expected;
  void      (*adjust) (NullmailCheckSnapshot *snapshot);
  const char *passwords;
} CheckCase;

#define CASE(case_name, case_edits, case_expected, ...) \
  { .name = case_name, .edits = case_edits, .expected = case_expected, __VA_ARGS__ }

/* Adds a test for each row. What can be fixed is fixed, and must then not be found again. */
void             check_case_add_all     (const char            *prefix,
                                         const CheckCase       *cases,
                                         guint                  n_cases);

NullmailMainCf  *check_case_make_main_cf (const char           *edits);

/* What a Postfix on a host in good order takes a document for. */
NullmailEffective *check_case_read      (NullmailMainCf        *main_cf);

/* For adjust: another name of the host; a Postfix with one parameter more; one that does not tell
 * its defaults; what master.cf says. */
void             check_case_set_host_name   (const char        *host_name);
void             check_case_know_default    (const char        *parameter,
                                             const char        *value);
void             check_case_forget_defaults (NullmailCheckSnapshot *snapshot);
/* The options that a master.cf has for its services, and the services themselves. */
void             check_case_use_master      (NullmailCheckSnapshot *snapshot,
                                             const char            *text);
void             check_case_use_services    (NullmailCheckSnapshot *snapshot,
                                             const char            *text);

/* What is known of a machine in good order. */
void             check_case_fill        (NullmailCheckSnapshot *snapshot);

G_END_DECLS
