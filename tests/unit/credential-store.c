/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Stores in C that lack functions, or that set an error and return something all the same. */

#include <libnullmail/nullmail.h>

#define TEST_TYPE_STORE (test_store_get_type ())
G_DECLARE_FINAL_TYPE (TestStore, test_store, TEST, STORE, GObject)

struct _TestStore
{
  GObject parent_instance;
};

static void init_nothing (NullmailCredentialStoreInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TestStore, test_store, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (NULLMAIL_TYPE_CREDENTIAL_STORE,
                                                      init_nothing))

static NullmailRelayCredentials *
new_credentials (void)
{
  g_autoptr(NullmailRelayHost) relay_host = nullmail_relay_host_parse ("[a.example]:587", NULL);

  return nullmail_relay_credentials_new (relay_host, "user", "password", NULL);
}

static void
set_error (GError **error)
{
  g_set_error_literal (error, NULLMAIL_ERROR, NULLMAIL_ERROR_BUSY, "It is busy");
}

static void
test_store_class_init (TestStoreClass *klass G_GNUC_UNUSED)
{
}

static void
test_store_init (TestStore *self G_GNUC_UNUSED)
{
}

static void
init_nothing (NullmailCredentialStoreInterface *iface G_GNUC_UNUSED)
{
}

static NullmailRelayCredentials *
lookup_with_error (NullmailCredentialStore  *store G_GNUC_UNUSED,
                   NullmailRelayHost        *relay_host G_GNUC_UNUSED,
                   GCancellable             *cancellable G_GNUC_UNUSED,
                   GError                  **error)
{
  set_error (error);
  return new_credentials ();
}

static gboolean
store_with_error (NullmailCredentialStore   *store G_GNUC_UNUSED,
                  NullmailRelayCredentials  *credentials G_GNUC_UNUSED,
                  GCancellable              *cancellable G_GNUC_UNUSED,
                  GError                   **error)
{
  set_error (error);
  return TRUE;
}

static gboolean
clear_with_error (NullmailCredentialStore  *store G_GNUC_UNUSED,
                  NullmailRelayHost        *relay_host G_GNUC_UNUSED,
                  GCancellable             *cancellable G_GNUC_UNUSED,
                  GError                  **error)
{
  set_error (error);
  return TRUE;
}

static GPtrArray *
list_with_error (NullmailCredentialStore  *store G_GNUC_UNUSED,
                 GCancellable             *cancellable G_GNUC_UNUSED,
                 GError                  **error)
{
  GPtrArray *list = g_ptr_array_new ();

  set_error (error);
  g_ptr_array_add (list, new_credentials ());
  return list;
}

/* Ends a call with its asynchronous form's result, in whichever function that is. */
static void
take_result (GObject      *source G_GNUC_UNUSED,
             GAsyncResult *result,
             gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static GAsyncResult *
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}

typedef struct
{
  NullmailCredentialStore  *store;
  NullmailRelayCredentials *credentials;
  NullmailRelayHost        *relay_host;
} Case;

/* Makes one of the four calls, in one of its two forms, and returns its error. */
static GError *
call (const Case *test,
      guint       number,
      gboolean    is_async)
{
  g_autoptr(GAsyncResult) result = NULL;
  GError *error = NULL;

  if (is_async && number == 0)
    nullmail_credential_store_lookup_async (test->store, test->relay_host, NULL, take_result,
                                            &result);
  else if (is_async && number == 1)
    nullmail_credential_store_store_async (test->store, test->credentials, NULL, take_result,
                                           &result);
  else if (is_async && number == 2)
    nullmail_credential_store_clear_async (test->store, test->relay_host, NULL, take_result,
                                           &result);
  else if (is_async)
    nullmail_credential_store_list_async (test->store, NULL, take_result, &result);
  if (is_async)
    wait_for (&result);

  if (number == 0)
    g_assert_null (is_async ? nullmail_credential_store_lookup_finish (test->store, result, &error)
                            : nullmail_credential_store_lookup (test->store, test->relay_host,
                                                                NULL, &error));
  else if (number == 1)
    g_assert_false (is_async ? nullmail_credential_store_store_finish (test->store, result, &error)
                             : nullmail_credential_store_store (test->store, test->credentials,
                                                                NULL, &error));
  else if (number == 2)
    g_assert_false (is_async ? nullmail_credential_store_clear_finish (test->store, result, &error)
                             : nullmail_credential_store_clear (test->store, test->relay_host,
                                                                NULL, &error));
  else
    g_assert_null (is_async ? nullmail_credential_store_list_finish (test->store, result, &error)
                            : nullmail_credential_store_list (test->store, NULL, &error));
  return error;
}

static void
check_calls (gint        code,
             const char *words[4])
{
  g_autoptr(TestStore) store = g_object_new (TEST_TYPE_STORE, NULL);
  g_autoptr(NullmailRelayCredentials) credentials = new_credentials ();
  Case test = { NULLMAIL_CREDENTIAL_STORE (store), credentials,
                nullmail_relay_credentials_get_relay_host (credentials) };

  for (guint i = 0; i < 8; i++)
    {
      g_autoptr(GError) error = call (&test, i / 2, i % 2);

      g_assert_error (error, NULLMAIL_ERROR, code);
      g_assert_nonnull (strstr (error->message, words[i / 2]));
    }
}

static void
test_store_without_functions (void)
{
  static const char *words[4] = { "TestStore has no “lookup”", "TestStore has no “store”",
                                  "TestStore has no “clear”", "TestStore has no “load_list”" };

  check_calls (NULLMAIL_ERROR_FAILED, words);
}

static void
test_result_and_error (void)
{
  static const char *words[4] = { "busy", "busy", "busy", "busy" };
  g_autoptr(TestStore) store = g_object_new (TEST_TYPE_STORE, NULL);
  NullmailCredentialStoreInterface *iface = NULLMAIL_CREDENTIAL_STORE_GET_IFACE (store);
  NullmailCredentialStoreInterface saved = *iface;

  iface->lookup = lookup_with_error;
  iface->store = store_with_error;
  iface->clear = clear_with_error;
  iface->load_list = list_with_error;
  check_calls (NULLMAIL_ERROR_BUSY, words);
  *iface = saved;
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/credential-store/without-functions", test_store_without_functions);
  g_test_add_func ("/credential-store/result-and-error", test_result_and_error);

  return g_test_run ();
}
