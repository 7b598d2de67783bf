#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who gets through the connector, who does not, and what the event log says of each.

Real parts: the lab's domain and KDC, tickets from keytabs, curl --negotiate; the tenant simulator behind. Runs inside the lab.
"""
import os
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from labtools import SOURCES, Connector, directory_object, fabrikam_ticket, http_get, onprem_caller, set_tenant_state, tenant_requests

EXCHANGE_SERVERS = "Exchange Servers"


def entry(name, kind, role):
    """A list entry for the object whose sAMAccountName is `name`, as the console would write it."""
    found = directory_object(name)
    return {"sid": found["sid"], "name": "CONTOSO\\" + name, "dn": found["dn"], "kind": kind, "role": role, "note": ""}


class ConnectorTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.state = tempfile.TemporaryDirectory(prefix="rms-state-")
        cls.connector = Connector(cls.state.name)
        cls.connector.use_tenant()
        cls.exchange = entry(EXCHANGE_SERVERS, "security-group", "exchange")

    @classmethod
    def tearDownClass(cls):
        cls.connector.close()
        cls.state.cleanup()

    def push(self, *entries):
        return self.connector.push(list(entries), author="admin@contoso.example")

    def call(self, account, **options):
        return onprem_caller(account, **options)

    def refused(self, account, status, event, says, **options):
        """`account` gets `status`, and exactly one new event `event` that mentions `says`."""
        mark = self.connector.mark()
        result = self.call(account, expect_status=status, **options)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        got = self.connector.wait_event(event, mark)
        self.assertIn(says, got["message"])
        return got

    def test_direct_member_passes_exchange_checks(self):
        self.push(self.exchange)
        mark = self.connector.mark()
        result = self.call("exch01")
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        first = self.connector.wait_event(1002, mark)
        self.assertEqual(first["account"], "CONTOSO\\EXCH01$")
        self.assertEqual(first["sid"], directory_object("EXCH01$")["sid"])
        self.assertEqual(first["computer"], "127.0.1.1")

    def test_nested_member_is_admitted(self):
        self.push(self.exchange)
        result = self.call("exch03")
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        certify = [r for r in tenant_requests() if r.get("operation") in ("ServerCertify", "Certify")][-1]
        self.assertEqual(certify["entry_sid"], self.exchange["sid"])
        self.assertEqual(certify["entry_role"], "exchange")

    def test_https(self):
        self.push(self.exchange)
        result = self.call("exch02", scheme="https")
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def test_file_server_and_service_account(self):
        self.push(entry("FILESRV01$", "computer", "fci"), entry("svc-spapppool", "user", "sharepoint"))
        for account, role in (("filesrv01", "fci"), ("svc-spapppool", "sharepoint")):
            result = self.call(account, only=2)
            self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
            self.assertEqual(tenant_requests()[-1]["entry_role"], role)

    def test_challenge_first(self):
        """As .NET does: every call once without a ticket, body and all, then again on the same connection."""
        self.push(self.exchange)
        result = self.call("exch02", more=["--wait-for-challenge"])
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def test_exchange_role_opens_what_others_protected(self):
        """The role reaches the tenant: with its super-user feature on, Exchange opens a file server's document; nobody else does."""
        self.push(self.exchange, entry("File Servers FCI", "security-group", "fci"), entry("svc-spfarm", "user", "sharepoint"))
        self.addCleanup(set_tenant_state, super_user_state=0)
        with tempfile.TemporaryDirectory() as home:
            document = os.path.join(home, "document")
            result = self.call("filesrv01", only=3, more=["--publish", document])
            self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
            for feature, opens in ((0, ["filesrv02"]), (1, ["exch02", "filesrv02"])):
                set_tenant_state(super_user_state=feature)
                got = [who for who in ("exch02", "filesrv02", "svc-spfarm")
                       if self.call(who, source="127.0.1.22", only=7, more=["--content", document]).returncode == 0]
                self.assertEqual(got, opens, "super-user feature %d" % feature)

    def test_outsider_is_refused(self):
        self.push(self.exchange)
        got = self.refused("outsider01", 403, 2001, "OUTSIDER01$")
        self.assertEqual(got["computer"], "127.0.1.99")
        self.assertEqual(got["sid"], directory_object("OUTSIDER01$")["sid"])

    def test_empty_list_refuses_everybody(self):
        self.push()
        self.refused("exch01", 403, 2001, "EXCH01$", only=1)

    def test_disabled_account_gets_no_ticket(self):
        self.push(self.exchange)
        result = self.call("oldsrv01")
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("revoked", (result.stdout + result.stderr).lower())

    def test_anonymous_is_challenged_and_then_logged(self):
        mark = self.connector.mark()
        status, headers, _ = http_get("/_wmcs/certification/servercertification.asmx", source="127.0.1.50")
        self.assertEqual(status, 401)
        self.assertEqual([v for k, v in headers if k.lower() == "www-authenticate"], ["Negotiate"])
        self.assertEqual(self.connector.wait_event(2000, mark)["computer"], "127.0.1.50")

    def test_wrong_realm(self):
        mark = self.connector.mark()
        status, _, _ = http_get("/_wmcs/certification/servercertification.asmx", source="127.0.1.51",
                                authorization="Negotiate " + fabrikam_ticket())
        self.assertEqual(status, 401)
        self.assertEqual(self.connector.wait_event(2000, mark)["computer"], "127.0.1.51")

    def test_ntlm_names_the_spn(self):
        mark = self.connector.mark()
        status, _, _ = http_get("/_wmcs/certification/servercertification.asmx", source="127.0.1.52",
                                authorization="Negotiate TlRMTVNTUAABAAAAB4IIogAAAAAAAAAAAAAAAAAAAAAKAGFKAAAADw==")
        self.assertEqual(status, 401)
        self.assertIn("HTTP/rmsconnector.contoso.example", self.connector.wait_event(4004, mark)["message"])

    def test_same_machine_is_refused(self):
        self.push(self.exchange)
        self.refused("exch01", 403, 2001, "same", only=1, source="127.0.0.10")

    def test_push_decides_the_next_request(self):
        filesrv = entry("FILESRV01$", "computer", "fci")
        for _ in range(10):
            self.push(self.exchange)
            self.assertEqual(self.call("filesrv01", only=1, expect_status=403).returncode, 0)
            self.push(self.exchange, filesrv)
            self.assertEqual(self.call("filesrv01", only=1).returncode, 0)

    def test_push_is_an_event_with_author_and_diff(self):
        self.push()
        mark = self.connector.mark()
        self.push(self.exchange)
        pushed = self.connector.wait_event(4000, mark)
        self.assertIn("admin@contoso.example", pushed["message"])
        self.assertIn("CONTOSO\\Exchange Servers", pushed["message"])
        self.assertIn("Exchange Servers", self.connector.wait_event(4001, mark)["message"])
        self.assertIn(self.exchange["sid"], self.connector.wait_event(1004, mark)["message"])

    def test_keytab_without_the_connectors_name(self):
        with tempfile.TemporaryDirectory(prefix="rms-state-") as state:
            other = Connector(state, name="rms.elsewhere.example", **{"http-address": "127.0.0.11:80", "https-address": None})
            warned = other.wait_event(4005, 0)
            other.close()
        self.assertIn("setspn -S HTTP/rms.elsewhere.example", warned["message"])
        self.assertEqual([e for e in self.connector.events if e["number"] == 4005], [])

    def test_list_survives_restart(self):
        self.push(self.exchange)
        before = self.connector.list()
        self.connector.restart()
        self.connector.use_tenant()
        self.assertEqual(self.connector.list(), before)
        self.assertEqual(self.call("exch01", only=2).returncode, 0)

    def post(self, account, body, content_type="text/xml; charset=utf-8"):
        """One POST of `body` to server.asmx with `account`'s real ticket. Returns (status, answer)."""
        principal = account if account.startswith("svc-") else account.upper() + "$"
        with tempfile.TemporaryDirectory() as home:
            env = dict(os.environ, KRB5CCNAME="FILE:%s/cc" % home)
            keytab = os.path.join(os.environ["LAB_KEYTABS"], account + ".keytab")
            subprocess.run(["kinit", "-kt", keytab, principal], check=True, env=env)
            answer = subprocess.run(
                ["curl", "-sS", "--negotiate", "-u", ":", "--max-redirs", "1", "--interface", SOURCES[account],
                 "-H", "Content-Type: " + content_type, "-H", "Expect:", "-w", "\n%{http_code}", "--data-binary", "@-",
                 "http://rmsconnector.contoso.example/_wmcs/certification/server.asmx"],
                input=body, check=True, capture_output=True, env=env).stdout
        text, _, status = answer.rpartition(b"\n")
        return int(status), text

    def test_hostile_soap_gets_a_fault(self):
        """The relay passes bodies untouched; what is wrong in them comes back as a fault of the service, and the next call works."""
        self.push(self.exchange)
        envelope = b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">%s</s:Envelope>'
        rows = {
            "nothing": b"",
            "no XML": b"GetServerInfo, please",
            "binary": bytes(range(256)),
            "cut off": envelope[:40],
            "entities": b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>' + envelope % b"<s:Body>&b;</s:Body>",
            "outside entity": b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + envelope % b"<s:Body>&a;</s:Body>",
            "no body": envelope % b"",
            "two bodies": envelope % (b"<s:Body/>" * 2),
            "unknown method": envelope % b'<s:Body><Explode xmlns="http://microsoft.com/DRM/ServerService"/></s:Body>',
            "very deep": envelope % (b"<s:Body>" + b"<a>" * 5000 + b"</a>" * 5000 + b"</s:Body>"),
        }
        for name, body in rows.items():
            with self.subTest(name):
                status, answer = self.post("exch01", body)
                self.assertEqual(status, 500, answer[:300])
                self.assertIn(b"Fault", answer)
                self.assertNotIn(b"root:", answer)
        self.assertEqual(self.call("exch01", only=1).returncode, 0)

    def test_service_page_in_a_browser(self):
        self.push(self.exchange)
        with tempfile.TemporaryDirectory() as home:
            cache = {"KRB5CCNAME": "FILE:%s/cc" % home}
            subprocess.run(["kinit", "-kt", os.path.join(os.environ["LAB_KEYTABS"], "exch01.keytab"), "EXCH01$"],
                           check=True, env=dict(os.environ, **cache))
            page = subprocess.run(["curl", "-sS", "--negotiate", "-u", ":", "--interface", "127.0.1.1",
                                   "http://rmsconnector.contoso.example/_wmcs/certification/servercertification.asmx"],
                                  check=True, capture_output=True, text=True, env=dict(os.environ, **cache)).stdout
        self.assertIn("<title>ServerCertificationWebService", page)
        self.assertIn("Certify", page)

    def test_no_secret_in_the_log(self):
        self.assertNotIn("Bearer e", self.connector.output())
        self.assertNotIn(self.connector.token, self.connector.output())


if __name__ == "__main__":
    unittest.main(verbosity=2)
