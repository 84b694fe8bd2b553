// SPDX-FileCopyrightText: 2026 The libnullmail authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The whole way in Vala: settings, a document, a plan, an apply, an error.
int main (string[] args) {
  var directory = args[1];
  try {
    FileUtils.set_contents (directory + "/main.cf", "# kept\nrelayhost = old\n");

    var relay = Nullmail.RelayHost.parse ("[smtp.example.com]:587");
    assert (relay.get_port () == 587);

    var config = new Nullmail.NullClientConfig.for_relay ("[smtp.example.com]");
    config.origin = "example.com";
    config.sender_address = "host7@example.com";
    config.set_root_address (null);
    assert (config.sender_address == "host7@example.com" && config.root_address == null);
    assert (config.tls_level == Nullmail.TlsLevel.MAY);

    var postfix = (Nullmail.PostfixInstance) Object.new (
      typeof (Nullmail.PostfixInstance), "config-directory", directory,
      "state-directory", directory + "/state",
      "service-control", Nullmail.ServiceControl.DISABLED);
    var plan = postfix.plan (config, null, Nullmail.PlanFlags.NONE);
    assert (!plan.is_empty ());
    assert (plan.get_changes ().length > 0);
    assert (postfix.apply (plan, Nullmail.ApplyFlags.NONE));

    var main_cf = postfix.load_main_cf ();
    assert (main_cf.get_value ("relayhost") == "[smtp.example.com]");
    assert (main_cf.get_line ("relayhost") == 2);
    assert (postfix.plan (config, null, Nullmail.PlanFlags.NONE).is_empty ());
  } catch (Error error) {
    printerr ("%s\n", error.message);
    return 1;
  }

  try {
    Nullmail.RelayHost.parse ("user@example.com");
    return 1;
  } catch (Nullmail.Error.INVALID_RELAY_HOST error) {
    return 0;
  } catch (Error error) {
    printerr ("another error: %s\n", error.message);
    return 1;
  }
}
