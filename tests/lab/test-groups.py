#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Distribution groups in the list: Kerberos tickets never name them, so the connector reads their members from the real domain.

The directory is reached through a relay of this test's own, so that it can be away. Runs inside the lab.
"""
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from labtools import Connector, directory_object, lab, onprem_caller

RELAY = ("127.0.0.2", 7636)
DIRECTORY = "ldaps://dc1.contoso.example:%d" % RELAY[1]


class Relay:
    """To the domain controller's LDAPS port, as long as it is `there`."""

    def __init__(self):
        self.lock, self.sockets, self.listener = threading.Lock(), [], None

    def appear(self):
        self.listener = socket.create_server(RELAY)
        threading.Thread(target=self._accept, args=(self.listener,), daemon=True).start()

    def vanish(self):
        if self.listener.fileno() < 0:
            return
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        with self.lock:
            for one in self.sockets:
                try:
                    one.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
                one.close()
            self.sockets = []

    def _accept(self, listener):
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            server = socket.create_connection((RELAY[0], 636))
            with self.lock:
                self.sockets += [client, server]
            for pair in ((client, server), (server, client)):
                threading.Thread(target=self._pump, args=pair, daemon=True).start()

    @staticmethod
    def _pump(source, target):
        try:
            while data := source.recv(65536):
                target.sendall(data)
        except OSError:
            pass
        for one in (source, target):
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def entry(name, kind, role):
    found = directory_object(name)
    return {"sid": found["sid"], "name": "CONTOSO\\" + name, "dn": found["dn"], "kind": kind, "role": role, "note": ""}


def change_member(action, group, account):
    """`add` or `delete`, as the domain's administrator."""
    ldif = "dn: %s\nchangetype: modify\n%s: member\nmember: %s\n" % (
        directory_object(group)["dn"], action, directory_object(account)["dn"])
    with tempfile.NamedTemporaryFile("w") as secret:
        secret.write(lab("LAB_ADMIN_PASSWORD"))
        secret.flush()
        subprocess.run(["ldapmodify", "-x", "-H", "ldaps://dc1.contoso.example", "-D", lab("LAB_ADMIN"), "-y", secret.name],
                       input=ldif, text=True, check=True, capture_output=True)


class GroupsTest(unittest.TestCase):
    def setUp(self):
        self.state = tempfile.TemporaryDirectory(prefix="rms-state-")
        self.addCleanup(self.state.cleanup)
        self.relay = Relay()
        self.relay.appear()
        self.addCleanup(self.relay.vanish)
        self.connector = Connector(self.state.name, **{"directory": DIRECTORY, "directory-ca": lab("LAB_DOMAIN_CA")})
        self.connector.use_tenant()
        self.group = entry("RMS Servers DL", "distribution-group", "sharepoint")

    def tearDown(self):
        self.connector.close()

    def push(self, *entries):
        self.connector.push(list(entries), author="admin@contoso.example")

    def push_and_wait(self):
        mark = self.connector.mark()
        self.push(self.group)
        return self.connector.wait_event(4006, mark)

    def status(self):
        return self.connector.command("groups")["groups"][0]

    def admitted(self, account):
        result = onprem_caller(account, only=2)
        return result.returncode == 0

    def refused(self, account):
        mark = self.connector.mark()
        result = onprem_caller(account, only=2, expect_status=403)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        return self.connector.wait_event(2001, mark)

    def test_member_of_a_nested_group(self):
        """A push reads the group at once, in the background; the event log says by which way somebody came in."""
        read = self.push_and_wait()
        self.assertIn("it covers 5 accounts", read["message"])
        self.assertIn("new: CONTOSO\\SHAREPOINT02$ (CONTOSO\\RMS Servers DL \u2192 CONTOSO\\Scan Servers DL)", read["message"])
        mark = self.connector.mark()
        self.assertTrue(self.admitted("filesrv01"))
        first = self.connector.wait_event(1002, mark)
        self.assertIn("CONTOSO\\RMS Servers DL \u2192 CONTOSO\\File Servers FCI", first["message"])
        self.assertIn("as read from the directory at", first["message"])
        self.assertIn("in none that was read", self.refused("outsider01")["message"])

    def test_change_counts_after_the_next_reading(self):
        self.push_and_wait()
        self.addCleanup(change_member, "add", "File Servers FCI", "FILESRV01$")
        change_member("delete", "File Servers FCI", "FILESRV01$")
        self.assertTrue(self.admitted("filesrv01"))
        mark = self.connector.mark()
        self.assertEqual(self.connector.read_groups()[self.group["sid"]]["n_members"], 4)
        self.assertIn("no longer: CONTOSO\\FILESRV01$", self.connector.wait_event(4006, mark)["message"])
        self.refused("filesrv01")
        # Nothing changed: nothing is said.
        mark = self.connector.mark()
        self.connector.read_groups()
        self.assertNotIn(4006, [event["number"] for event in self.connector.events[mark:]])

    def test_directory_away(self):
        """The last good reading stays in force, over a restart too, and its failure is told once."""
        self.push_and_wait()
        read_at = self.status()["read_at"]
        self.relay.vanish()
        mark = self.connector.mark()
        failed = self.connector.read_groups()[self.group["sid"]]
        self.assertIn("dc1.contoso.example", failed["failure"])
        self.assertEqual((failed["n_members"], failed["read_at"]), (5, read_at))
        self.assertIn("stays in force", self.connector.wait_event(4007, mark)["message"])
        mark = self.connector.mark()
        self.connector.read_groups()
        self.assertNotIn(4007, [event["number"] for event in self.connector.events[mark:]])
        self.assertTrue(self.admitted("filesrv01"))

        self.connector.close()
        self.connector.start()
        self.connector.use_tenant()
        self.connector.wait_event(4007, 0)
        self.assertEqual((self.status()["n_members"], self.status()["read_at"]), (5, read_at))
        self.assertTrue(self.admitted("filesrv01"))

        self.relay.appear()
        back = self.connector.read_groups()[self.group["sid"]]
        self.assertIsNone(back["failure"])
        self.assertGreater(back["read_at"], read_at)

    def test_group_that_leaves_the_list(self):
        self.push_and_wait()
        self.push(entry("FILESRV02$", "computer", "fci"))
        self.refused("filesrv01")
        self.assertEqual(self.connector.command("groups")["groups"], [])

    def test_group_that_never_was(self):
        """A group of no domain covers nobody, and that is told; others are read nevertheless."""
        gone = dict(self.group, sid="S-1-5-21-1-2-3-4", name="CONTOSO\\Gone DL")
        mark = self.connector.mark()
        self.push(gone, self.group)
        self.assertIn("Gone DL", self.connector.wait_event(4007, mark)["message"])
        self.connector.wait_event(4006, mark)
        self.assertTrue(self.admitted("filesrv01"))

    def test_no_directory(self):
        self.connector.close()
        with tempfile.TemporaryDirectory(prefix="rms-state-") as state:
            self.connector = Connector(state)
            self.connector.use_tenant()
            mark = self.connector.mark()
            self.push(self.group)
            self.assertIn("no directory is configured", self.connector.wait_event(4007, mark)["message"])
            self.refused("filesrv01")
            self.connector.close()

    def test_super_user_never_comes_from_a_reading(self):
        with self.assertRaisesRegex(AssertionError, "security group"):
            self.push(dict(self.group, role="exchange"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
