/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "config/effective-private.h"

G_BEGIN_DECLS

/* The tables that give all senders, or root's mail, one address. Each is an item in a list of
 * main.cf that may have items of others as well. */
typedef enum
{
  NULLMAIL_ADDRESS_MAP_SENDER,  /* the envelope, in sender_canonical_maps */
  NULLMAIL_ADDRESS_MAP_HEADER,  /* From:, in smtp_header_checks */
  NULLMAIL_ADDRESS_MAP_ROOT,    /* root and postmaster, in virtual_alias_maps */
  NULLMAIL_N_ADDRESS_MAPS,
} NullmailAddressMap;

const char *_nullmail_address_map_get_parameter (NullmailAddressMap  map);

/* (nullable): why a text cannot be put into these tables as an address, and what would do; NULL if
 * it can. Macros such as $mydomain are allowed. */
const char *_nullmail_address_find_fault        (const char         *address);

/* (nullable): why an address, which has no such fault, cannot take root's mail, and what would do:
 * it is root's own, or this host's while nothing is delivered here. effective: (nullable) knows
 * what the names of this host are; without it they are known as they are written. */
const char *_nullmail_root_address_find_fault   (NullmailEffective  *effective,
                                                 const char         *address,
                                                 gboolean            delivers_here);

/* Whether an address, or a name alone, is one of those whose mail root's address gets. */
gboolean    _nullmail_root_address_is_for       (NullmailEffective  *effective,
                                                 const char         *address);

/* The item that stands in main.cf as a whole. What it is for root depends on the names of this
 * host. */
char       *_nullmail_address_map_make_item     (NullmailAddressMap  map,
                                                 NullmailEffective  *effective,
                                                 const char         *address);

/* The same for Postfix before 3.7, which has such tables in files only: the name of the file in
 * the configuration directory (NULL: this table can always stand in main.cf), and its text, for an
 * address without macros. */
const char *_nullmail_address_map_get_file_name (NullmailAddressMap  map);
char       *_nullmail_address_map_make_text     (NullmailAddressMap  map,
                                                 const char         *address);

/* (transfer full) (nullable): the address that an item of main.cf stands for, with its macros, if
 * it is what is made here or says the same in other words. */
char       *_nullmail_address_map_recognise     (NullmailAddressMap  map,
                                                 NullmailEffective  *effective,
                                                 const char         *item);
/* Whether an item is one that is made here; also if its file cannot be read. */
gboolean    _nullmail_address_map_is_item       (NullmailAddressMap  map,
                                                 NullmailEffective  *effective,
                                                 const char         *item);
/* Whether an item is one that was made here before, and that is made otherwise now. */
gboolean    _nullmail_address_map_is_old        (NullmailAddressMap  map,
                                                 NullmailEffective  *effective,
                                                 const char         *item);
/* (transfer full) (nullable): the path of the file that such an item names. */
char       *_nullmail_address_map_get_path      (NullmailAddressMap  map,
                                                 NullmailEffective  *effective,
                                                 const char         *item);

/* (transfer full) (nullable): the rules of a table of patterns, each with its pattern and its
 * result, from main.cf or a file; NULL if it is no such table, or cannot be read. */
char      **_nullmail_pattern_table_list_rules  (NullmailEffective  *effective,
                                                 const char         *item);

G_END_DECLS
