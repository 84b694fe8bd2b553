# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The state directory: which nodes a lab has, and making and ending them."""

import contextlib
import os
import shutil
import subprocess

import client
import dns
import layout
import server
from node import LabError, Node, take_lock

MARK = ".nullmail-lab"
LOCK_LIMIT_S = 30


class NotPossible(Exception):
    """This machine cannot do it: exit status 77."""


class State:
    def __init__(self, path):
        self.path = path
        self.mark = os.path.join(path, MARK)

    def exists(self):
        return os.path.exists(self.mark)

    def must_be_up(self):
        if not self.exists() or not self.server().is_alive():
            raise LabError(f"No lab is up in “{self.path}”; start it with “lab up”")

    def node(self, name):
        return Node(self.path, name)

    def server(self):
        return self.node("server")

    def known_node(self, name):
        node = self.node(name)
        if node.read_record() is None:
            known = ", ".join(one.name for one in self.nodes()) or "none; start it with “lab up”"
            raise LabError(f"There is no node “{name}”; known: {known}")
        return node

    def nodes(self):
        try:
            names = sorted(os.listdir(self.path))
        except FileNotFoundError:
            names = []
        found = [self.node(name) for name in names]
        return [node for node in found if node.read_record() is not None]

    def is_whole(self):
        nodes = self.nodes()
        return any(node.name == "server" for node in nodes) and \
            all(node.is_alive() for node in nodes)

    def config_of(self, name):
        return (self.node(name).read_record() or {}).get("config", "-")

    @contextlib.contextmanager
    def lock(self):
        """Make the folder ours, and keep other commands from changing the lab meanwhile."""
        if not self.exists():
            made = not os.path.isdir(self.path)
            os.makedirs(self.path, exist_ok=True)
            if os.listdir(self.path):
                raise LabError(f"“{self.path}” is not empty and no lab's folder; name another "
                               "with --state or LAB_STATE")
            with open(self.mark, "w", encoding="ascii") as file:
                file.write("made\n" if made else "found\n")
        fd = take_lock(self.mark, LOCK_LIMIT_S)
        try:
            yield
        finally:
            os.close(fd)

    def clear(self, keep_logs=False):
        """End every node, also one that was killed or half made, and drop what it left."""
        for node in self.nodes():
            node.stop()
            if not keep_logs:
                shutil.rmtree(node.folder)
        for name in [] if keep_logs else os.listdir(self.path):
            path = os.path.join(self.path, name)
            if path == self.mark:
                continue
            if os.path.isdir(path) and not os.path.islink(path):
                shutil.rmtree(path)
            else:
                os.unlink(path)

    def remove(self):
        with open(self.mark, encoding="ascii") as file:
            made = file.read() == "made\n"
        os.unlink(self.mark)
        if made:
            os.rmdir(self.path)

    def start_server(self, checkout):
        node = self.server()
        spec = _spec(node, f"smtp.{layout.DOMAIN}", layout.SERVER, layout.SERVER, [checkout])
        node.start(spec, {"address": layout.SERVER})
        _configure_network(node, server.addresses())
        node.check(server.set_up)
        with open(os.path.join(self.path, "ca.crt"), "w", encoding="ascii") as file:
            file.write(_read_in(node, layout.CA_FILE))

    def start_client(self, name, config, stranger, checkout, binds):
        node = self.node(name)
        address = self._free_address(layout.STRANGERS if stranger else layout.NETWORK)
        config = os.path.abspath(config or os.path.join(node.folder, "postfix"))
        os.makedirs(node.folder, exist_ok=True)
        client.prepare_config(config)
        spec = _spec(node, f"{name}.{layout.DOMAIN}", address,
                     layout.SERVER_STRANGERS if stranger else layout.SERVER, [checkout] + binds)
        spec["binds"].append((config, "/etc/postfix"))
        node.start(spec, {"address": address, "config": config})
        pid = node.read_record()["pid"]
        port = "veth" + address.rpartition(".")[2] + ("s" if stranger else "")
        _configure_network(self.server(), [
            f"link add {port} type veth peer name eth0 address {layout.ethernet(address)} "
            f"netns {pid}",
            f"link set {port} master br0 up"])
        _configure_network(node, client.addresses(address))
        self.server().check(dns.set_address, spec["hostname"], address)
        with open(os.path.join(self.path, "ca.crt"), encoding="ascii") as file:
            node.check(client.set_up, file.read())

    def _free_address(self, network):
        used = {(node.read_record() or {}).get("address") for node in self.nodes()}
        for number in range(layout.FIRST_CLIENT, 255):
            if f"{network}.{number}" not in used:
                return f"{network}.{number}"
        raise LabError("The lab has no address left for one more client")


def _spec(node, hostname, address, dns_address, shown):
    os.makedirs(node.folder, exist_ok=True)
    with open(node.log_path, "ab"):
        pass
    binds = [(path, path) for path in shown] + [(node.log_path, "/var/log/mail.log")]
    return {"hostname": hostname, "address": address, "dns": dns_address, "binds": binds}


def _configure_network(node, lines):
    """Run “ip” in the node's network only, so that process numbers are still the host's."""
    record = node.read_record()
    done = subprocess.run(
        ["nsenter", f"--net=/proc/{record['pid']}/ns/net", "ip", "-batch", "-"],
        input="\n".join(lines) + "\n", text=True, check=False,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    if done.returncode != 0:
        raise LabError(f"Could not set up the network of node “{node.name}”: "
                       + done.stderr.strip())


def _read_in(node, path):
    """The text of a file as the node sees it."""
    read_end, write_end = os.pipe()

    def copy():
        with open(path, "rb") as file:
            os.write(write_end, file.read())

    node.check(copy)
    os.close(write_end)
    with open(read_end, encoding="utf-8") as file:
        return file.read()
