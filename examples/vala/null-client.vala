// SPDX-FileCopyrightText: 2026 The libnullmail authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Makes this machine a null client, and shows what changes. Run again, it finds nothing to do.
//
// valac --pkg libnullmail-1.0 null-client.vala

class NullClient {
  static string directory = "/etc/postfix";
  static string state = "/var/lib/nullmail";
  static bool dry_run = false;
  static bool start = false;

  const OptionEntry[] OPTIONS = {
    { "directory", 0, 0, OptionArg.FILENAME, ref directory, "configuration directory", "DIR" },
    { "state", 0, 0, OptionArg.FILENAME, ref state, "folder for what undo needs", "DIR" },
    { "check", 0, 0, OptionArg.NONE, ref dry_run, "only show what would change", null },
    { "start", 0, 0, OptionArg.NONE, ref start, "start Postfix if it is stopped", null },
    { null }
  };

  static void make_null_client (string relay, string[] settings) throws Error {
    var postfix = (Nullmail.PostfixInstance) Object.new (typeof (Nullmail.PostfixInstance),
      "config-directory", directory, "state-directory", state);
    var config = new Nullmail.NullClientConfig.for_relay (relay);
    foreach (unowned var setting in settings) {
      var words = setting.split ("=", 2);
      config.assign_text (words[0], words[1] ?? "");
    }

    var flags = start ? Nullmail.ApplyFlags.START : Nullmail.ApplyFlags.NONE;
    var plan = dry_run ? postfix.plan (config, null, Nullmail.PlanFlags.NONE)
      : postfix.ensure (config, null, Nullmail.PlanFlags.NONE, flags, null);
    var diff = plan.to_diff ();
    print ("%s", diff != "" ? diff : "Nothing to change.\n");
    foreach (unowned var finding in plan.get_findings ())
      print ("%s %s\n", finding.get_message (), finding.get_remedy ());
  }

  public static int main (string[] args) {
    Intl.setlocale ();
    try {
      var context = new OptionContext ("RELAY [PROPERTY=VALUE ...]");
      context.add_main_entries (OPTIONS, null);
      context.parse (ref args);
    } catch (OptionError error) {
      printerr ("%s\n", error.message);
      return 2;
    }
    if (args.length < 2) {
      printerr ("Name the relay, for example [smtp.example.com]\n");
      return 2;
    }

    try {
      make_null_client (args[1], args[2:]);
      return 0;
    } catch (Error error) {
      printerr ("%s\n", error.message);
      return 1;
    }
  }
}
