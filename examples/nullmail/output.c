/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

struct _Stream
{
  int      fd;
  GString *text;         /* (owned) what is not written yet */
  gboolean is_terminal;
  gboolean has_color;
};

static Stream output_stream = { .fd = STDOUT_FILENO };
static Stream error_stream = { .fd = STDERR_FILENO };

Stream *standard_output = &output_stream;
Stream *standard_error = &error_stream;

gboolean
output_guard_descriptors (void)
{
  /* The wrong way for the first two, so that using them fails. What goes to standard error is
   * lost, as it is wanted to be. */
  static const int modes[] = { O_WRONLY, O_RDONLY, O_WRONLY };
  gboolean has_output = fcntl (STDOUT_FILENO, F_GETFD) >= 0;

  for (int fd = 0; fd < (int) G_N_ELEMENTS (modes); fd++)
    if (fcntl (fd, F_GETFD) < 0 && errno == EBADF)
      (void) !open ("/dev/null", modes[fd]);  /* it takes the lowest free number, this one */

  return has_output;
}

static gboolean
wants_color (const Stream *self,
             const char   *color)
{
  const char *term = g_getenv ("TERM");
  const char *no_color = g_getenv ("NO_COLOR");

  if (g_strcmp0 (color, "always") == 0)
    return TRUE;

  return g_strcmp0 (color, "never") != 0 && self->is_terminal
         && (no_color == NULL || *no_color == '\0')
         && term != NULL && *term != '\0' && !g_str_equal (term, "dumb");
}

static void
stream_init (Stream     *self,
             const char *color)
{
  self->text = g_string_new (NULL);
  self->is_terminal = isatty (self->fd);
  self->has_color = wants_color (self, color);
}

void
output_init (const char *color)
{
  stream_init (standard_output, color);
  stream_init (standard_error, color);
}

gboolean
stream_is_terminal (Stream *self)
{
  return self->is_terminal;
}

guint
stream_get_width (Stream *self)
{
  struct winsize size;

  if (!self->is_terminal)
    return 0;

  return ioctl (self->fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

void
stream_add (Stream     *self,
            const char *text)
{
  g_string_append (self->text, text);
}

static void
add_visible (GString  *string,
             gunichar  character)
{
  if (character == '\n' || character == '\t' || !g_unichar_iscntrl (character))
    g_string_append_unichar (string, character);
  else
    g_string_append_printf (string, "\\x%02x", character);
}

void
stream_add_text (Stream     *self,
                 const char *text)
{
  if (!self->is_terminal)
    {
      g_string_append (self->text, text);
      return;
    }

  while (*text != '\0')
    {
      gunichar character = g_utf8_get_char_validated (text, -1);

      if (character >= (gunichar) -2)  /* no character */
        {
          g_string_append_printf (self->text, "\\x%02x", (guchar) *text++);
          continue;
        }
      add_visible (self->text, character);
      text = g_utf8_find_next_char (text, NULL);
    }
}

void
stream_add_colored (Stream     *self,
                    Color       color,
                    const char *text)
{
  static const char * const codes[] = {
    [COLOR_NONE] = "", [COLOR_ERROR] = "\033[1;31m", [COLOR_WARNING] = "\033[33m",
    [COLOR_NOTICE] = "\033[36m", [COLOR_GOOD] = "\033[32m", [COLOR_HEAD] = "\033[1m",
  };

  if (!self->has_color || color == COLOR_NONE)
    {
      stream_add_text (self, text);
      return;
    }

  stream_add (self, codes[color]);
  stream_add_text (self, text);
  stream_add (self, "\033[0m");
}

void
stream_add_line (Stream     *self,
                 const char *format,
                 ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  stream_add_text (self, text);
  stream_add (self, "\n");
}

static gboolean
set_write_error (GError **error)
{
  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_WRITE,
               "Could not write to standard output: %s", g_strerror (errno));
  return FALSE;
}

gboolean
stream_flush (Stream  *self,
              GError **error)
{
  const char *text = self->text->str;
  gsize length = self->text->len;

  while (length > 0)
    {
      gssize written = write (self->fd, text, length);

      if (written < 0 && errno == EINTR)
        continue;
      if (written < 0)
        {
          stream_forget (self);
          return set_write_error (error);
        }
      text += written;
      length -= (gsize) written;
    }

  stream_forget (self);
  return TRUE;
}

void
stream_forget (Stream *self)
{
  g_string_truncate (self->text, 0);
}

gboolean
output_close (GError **error)
{
  if (!stream_flush (standard_output, error))
    return FALSE;

  return close (standard_output->fd) == 0 || set_write_error (error);
}

guint
text_get_width (const char *text)
{
  guint width = 0;

  if (!g_utf8_validate (text, -1, NULL))
    return (guint) strlen (text);

  for (; *text != '\0'; text = g_utf8_find_next_char (text, NULL))
    {
      gunichar character = g_utf8_get_char (text);

      if (!g_unichar_iszerowidth (character))
        width += g_unichar_iswide (character) ? 2 : 1;
    }

  return width;
}
