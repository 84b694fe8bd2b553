/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "base/error-private.h"

#include <errno.h>
#include <stdarg.h>
#include <unistd.h>

#define MAX_DISPLAY_CHARACTERS 80

/**
 * nullmail_error_quark:
 *
 * Gets the error domain of this library, in C %NULLMAIL_ERROR.
 *
 * Returns: the quark of `nullmail-error-quark`
 *
 * Since: 1.0
 */
G_DEFINE_QUARK (nullmail-error-quark, nullmail_error)

static NullmailError
code_from_errno (int saved_errno)
{
  switch (saved_errno)
    {
    case ENOENT:
    case ENOTDIR:
      return NULLMAIL_ERROR_NOT_FOUND;
    case EACCES:
    case EPERM:
      return NULLMAIL_ERROR_PERMISSION_DENIED;
    case ENOSPC:
    case EDQUOT:
    case EIO:
    case EROFS:
    case EFBIG:
    case ETXTBSY:
      return NULLMAIL_ERROR_WRITE;
    case ELOOP:
      return NULLMAIL_ERROR_INVALID_FILE;
    case ETIMEDOUT:
      return NULLMAIL_ERROR_TIMED_OUT;
    default:
      return NULLMAIL_ERROR_FAILED;
    }
}

char *
_nullmail_show_name (const char *name)
{
  char *shown = g_utf8_make_valid (name, -1);

  for (char *p = shown; *p != '\0'; p++)
    {
      if (g_ascii_iscntrl (*p))
        *p = '?';
    }

  return shown;
}

/* A message as valid UTF-8, whatever a file or a program has brought into it. */
static char * G_GNUC_PRINTF (1, 0)
format_valid (const char *format,
              va_list     args)
{
  g_autofree char *message = g_strdup_vprintf (format, args);

  return g_utf8_make_valid (message, -1);
}

void
_nullmail_set_error (GError     **error,
                     GQuark       domain,
                     int          code,
                     const char  *format,
                     ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = format_valid (format, args);
  va_end (args);

  g_set_error_literal (error, domain, code, message);
}

void
_nullmail_prefix_error (GError     **error,
                        const char  *format,
                        ...)
{
  g_autofree char *prefix = NULL;
  char *message;
  va_list args;

  if (error == NULL || *error == NULL)
    return;

  va_start (args, format);
  prefix = format_valid (format, args);
  va_end (args);

  message = g_strconcat (prefix, (*error)->message, NULL);
  g_free ((*error)->message);
  (*error)->message = message;
}

/* (nullable): what helps against a failed call, whatever it was about. */
static const char *
find_way_out (int saved_errno)
{
  switch (saved_errno)
    {
    case ENOENT:
    case ENOTDIR:
      return "correct the path, or put there what is missing";
    case EACCES:
      return geteuid () != 0 ? "try as root" : "see in the kernel's log what forbids it to root";
    case ELOOP:
      return "mend the symbolic link";
    case ENOSPC:
    case EDQUOT:
      return "make room on its file system";
    case EIO:
      return "see in the kernel's log what its disk has";
    case EMFILE:
    case ENFILE:
      return "raise the limit of open files";
    case ENOMEM:
      return "free memory";
    default:
      return NULL;
    }
}

char *
_nullmail_describe_errno (int saved_errno)
{
  const char *way_out = find_way_out (saved_errno);

  return g_strconcat (g_strerror (saved_errno), way_out != NULL ? "; " : NULL, way_out, NULL);
}

void
_nullmail_set_error_errno (GError    **error,
                           int         saved_errno,
                           const char *format,
                           ...)
{
  g_autofree char *prefix = NULL;
  g_autofree char *shown = NULL;
  g_autofree char *reason = _nullmail_describe_errno (saved_errno);
  va_list args;

  va_start (args, format);
  prefix = g_strdup_vprintf (format, args);
  va_end (args);
  shown = _nullmail_show_name (prefix);

  g_set_error (error, NULLMAIL_ERROR, code_from_errno (saved_errno), "%s: %s",
               shown, reason);
}

static NullmailError
code_from_foreign (const GError *foreign)
{
  if (g_error_matches (foreign, G_IO_ERROR, G_IO_ERROR_NOT_FOUND)
      || g_error_matches (foreign, G_FILE_ERROR, G_FILE_ERROR_NOENT)
      || g_error_matches (foreign, G_SPAWN_ERROR, G_SPAWN_ERROR_NOENT))
    return NULLMAIL_ERROR_NOT_FOUND;
  if (g_error_matches (foreign, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED)
      || g_error_matches (foreign, G_FILE_ERROR, G_FILE_ERROR_ACCES)
      || g_error_matches (foreign, G_FILE_ERROR, G_FILE_ERROR_PERM))
    return NULLMAIL_ERROR_PERMISSION_DENIED;
  if (g_error_matches (foreign, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return NULLMAIL_ERROR_TIMED_OUT;
  if (g_error_matches (foreign, G_IO_ERROR, G_IO_ERROR_NO_SPACE)
      || g_error_matches (foreign, G_IO_ERROR, G_IO_ERROR_READ_ONLY))
    return NULLMAIL_ERROR_WRITE;

  return NULLMAIL_ERROR_FAILED;
}

void
_nullmail_propagate_foreign (GError    **error,
                             GError     *foreign,
                             const char *prefix)
{
  if (foreign->domain == NULLMAIL_ERROR
      || g_error_matches (foreign, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (error, foreign);
      return;
    }

  g_set_error (error, NULLMAIL_ERROR, code_from_foreign (foreign), "%s: %s",
               prefix, foreign->message);
  g_error_free (foreign);
}

gboolean
_nullmail_text_find_user_password (const char  *text,
                                   const char **start,
                                   const char **end)
{
  const char *scheme = strstr (text, "://");

  *start = strchr (scheme != NULL ? scheme + strlen ("://") : text, ':');
  *end = strrchr (text, '@');
  if (*start == NULL || *end == NULL || *end <= *start + 1)
    return FALSE;

  (*start)++;
  return TRUE;
}

/* (transfer full): the text without the password that stands with a user name in front of a
 * host. */
static char *
hide_user_password (const char *text)
{
  const char *start, *end;

  if (!_nullmail_text_find_user_password (text, &start, &end))
    return g_strdup (text);

  return g_strdup_printf ("%.*s********%s", (int) (start - text), text, end);
}

char *
_nullmail_text_display (const char *text)
{
  g_autofree char *shown = hide_user_password (text);
  g_autofree char *valid = g_utf8_make_valid (shown, -1);
  GString *display = g_string_new (NULL);
  guint n_characters = 0;

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (n_characters++ == MAX_DISPLAY_CHARACTERS)
        {
          g_string_append (display, "…");
          break;
        }

      if (g_unichar_iscntrl (c))
        g_string_append_printf (display, "\\x%02x", c);
      else
        g_string_append_unichar (display, c);
    }

  return g_string_free (display, FALSE);
}
