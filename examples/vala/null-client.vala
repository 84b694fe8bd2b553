// SPDX-FileCopyrightText: 2026 The libnullmail authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Makes this machine a null client: everything handed to sendmail goes to one relay. Shows what
// would change, and changes it; all other settings stay. Run again, it finds nothing to do.
//
// valac --pkg libnullmail-1.0 null-client.vala

class NullClient {
  static string? directory = null;
  static string? state = null;
  static bool dry_run = false;

  const OptionEntry[] OPTIONS = {
    { "directory", 0, 0, OptionArg.FILENAME, ref directory,
      "configuration directory (/etc/postfix)", "DIR" },
    { "state", 0, 0, OptionArg.FILENAME, ref state,
      "folder for what undo needs (/var/lib/nullmail)", "DIR" },
    { "check", 0, 0, OptionArg.NONE, ref dry_run, "only show what would change", null },
    { null }
  };

  static void make_null_client (string relay) throws Error {
    var postfix = (Nullmail.PostfixInstance) Object.new (typeof (Nullmail.PostfixInstance),
      "config-directory", directory ?? "/etc/postfix", "state-directory", state);
    var config = postfix.load_config ();
    config.relay_host = Nullmail.RelayHost.parse (relay);
    config.interfaces = null;    // loopback alone, and the same for those who may send
    config.networks = null;
    config.destinations = null;  // no domain is delivered here

    var plan = postfix.plan (config, null, Nullmail.PlanFlags.NONE);
    print ("%s", plan.to_diff ());
    foreach (unowned var finding in plan.get_findings ())
      print ("%s %s\n", finding.get_message (), finding.get_remedy ());
    if (plan.is_empty ())
      print ("Nothing to change.\n");

    if (!dry_run)
      postfix.apply (plan, Nullmail.ApplyFlags.NONE);
  }

  public static int main (string[] args) {
    Intl.setlocale ();
    try {
      var context = new OptionContext ("RELAY");
      context.add_main_entries (OPTIONS, null);
      context.parse (ref args);
    } catch (OptionError error) {
      printerr ("%s\n", error.message);
      return 2;
    }
    if (args.length != 2) {
      printerr ("Name one relay, for example [smtp.example.com]\n");
      return 2;
    }

    try {
      make_null_client (args[1]);
      return 0;
    } catch (Error error) {
      printerr ("%s\n", error.message);
      return 1;
    }
  }
}
