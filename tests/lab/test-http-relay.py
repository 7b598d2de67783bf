#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole way of a call with a real ticket: bodies byte by byte, and what outages of the tenant look like to the caller.

The finer points of HTTP, with stand-ins for identity, are in tests/unit/connector-core. Runs inside the lab.
"""
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "unit", "connector-core")]
from labtools import CONNECTOR, Connector, directory_object, lab, run, tenant_requests
from httphost import Pki
from httptenant import Tenant, answer, echo

SERVICE = "/_wmcs/licensing/license.asmx"
FAULT = b"<faultstring></faultstring>"


class Caller:
    """curl with EXCH01's ticket."""

    def __init__(self):
        self.home = tempfile.TemporaryDirectory(prefix="rms-caller-")
        self.env = dict(os.environ, KRB5CCNAME="FILE:%s/cc" % self.home.name)
        subprocess.run(["kinit", "-kt", lab("LAB_KEYTABS") + "/exch01.keytab", "EXCH01$"], check=True, env=self.env)

    def post(self, body, scheme="http"):
        """Returns (status, content type, body)."""
        request, reply = self.home.name + "/request", self.home.name + "/reply"
        with open(request, "wb") as file:
            file.write(body)
        if os.path.exists(reply):
            os.unlink(reply)
        got = run("curl", "-sS", "--negotiate", "-u", ":", "--interface", "127.0.1.1", "--cacert", lab("LAB_DOMAIN_CA"),
                  "-H", "Content-Type: text/xml; charset=utf-8", "--data-binary", "@" + request, "-o", reply,
                  "-w", "%{http_code} %{content_type}", "%s://%s%s" % (scheme, CONNECTOR, SERVICE), env=self.env)
        if got.returncode != 0:
            raise AssertionError(got.stderr)
        status, _, content_type = got.stdout.partition(" ")
        with open(reply, "rb") as file:
            return int(status), content_type, file.read()

    def close(self):
        self.home.cleanup()


class RelayTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pki = Pki()
        cls.state = tempfile.TemporaryDirectory(prefix="rms-state-")
        cls.caller = Caller()
        cls.exchange = directory_object("Exchange Servers")

    @classmethod
    def tearDownClass(cls):
        cls.caller.close()
        cls.state.cleanup()
        cls.pki.close()

    def start(self, behaviour=echo, certificate=None, **options):
        tenant = Tenant(*(certificate or self.pki.issue("tenant", ["DNS:localhost"])), behaviour=behaviour)
        connector = Connector(self.state.name, **{"upstream-ca": self.pki.ca}, **options)
        self.addCleanup(tenant.close)
        self.addCleanup(connector.close)
        connector.push([{"sid": self.exchange["sid"], "name": "CONTOSO\\Exchange Servers", "dn": self.exchange["dn"],
                         "kind": "security-group", "role": "exchange", "note": ""}], author="admin@contoso.example")
        connector.command("tenant", url=tenant.url)
        connector.command("token", value="token-of-the-test", expires_at=int(time.time()) + 600)
        return tenant, connector

    def test_bodies(self):
        tenant, _ = self.start()
        for scheme in ("http", "https"):
            for size in (0, 1, 2048, 200 * 1024, 16672358):
                with self.subTest(scheme=scheme, size=size):
                    body = random.Random(size).randbytes(size)
                    status, _, reply = self.caller.post(body, scheme)
                    self.assertEqual(status, 200)
                    arrived = tenant.take()
                    self.assertTrue(arrived.body == body)
                    self.assertTrue(reply == (body or b"<empty/>"))
                    self.assertEqual(arrived.get("Authorization"), "Bearer token-of-the-test")
                    self.assertEqual(arrived.get("X-RMS-Connector-Entry-Sid"), self.exchange["sid"])
        # One caller after the other: one connection to the tenant serves them all.
        self.assertEqual(tenant.connections, 1)

    def outage(self, connector, says):
        mark = connector.mark()
        status, content_type, reply = self.caller.post(b"<x/>")
        self.assertEqual((status, content_type), (500, "text/xml; charset=utf-8"))
        self.assertIn(FAULT, reply)
        self.assertIn(says, connector.wait_event(3000, mark)["message"])

    def test_outages(self):
        def cut(connection, request):
            connection.send(answer(b"0123456789")[:-3])
            connection.cut()

        def silent(connection, request):
            connection.read()
        for name, behaviour, says in (
                ("502", lambda c, r: c.send(answer(b"x", "502 Bad Gateway")), "502"),
                ("503", lambda c, r: c.send(answer(b"x", "503 Service Unavailable")), "503"),
                ("504", lambda c, r: c.send(answer(b"x", "504 Gateway Timeout")), "504"),
                ("401", lambda c, r: c.send(answer(b"x", "401 Unauthorized")), "credential"),
                ("empty", lambda c, r: c.send(answer(b"")), "TLS inspection"),
                ("cut", cut, "before its answer was complete"),
                ("silent", silent, "in time")):
            with self.subTest(name):
                tenant, connector = self.start(behaviour, **{"upstream-timeout-ms": "500"})
                self.outage(connector, says)
                tenant.behaviour = echo
                self.assertEqual(self.caller.post(b"<x/>")[0], 200)
                self.doCleanups()

    def test_counters(self):
        """What the server alone does not know: the list, the events; and that a restart begins anew."""
        _, connector = self.start(**{"metrics-address": "127.0.0.10:9464"})
        self.assertEqual(self.caller.post(b"<x/>")[0], 200)
        with urllib.request.urlopen("http://127.0.0.10:9464/metrics") as got:
            samples = dict(line.rsplit(" ", 1) for line in got.read().decode().splitlines() if not line.startswith("#"))
        self.assertEqual(samples["rms_connector_list_loaded"], "1")
        self.assertEqual(samples["rms_connector_list_entries"], "1")
        self.assertGreaterEqual(int(samples["rms_connector_list_revision"]), 1)
        self.assertLess(int(samples["rms_connector_list_age_seconds"]), 60)
        self.assertEqual(samples['rms_connector_calls_total{operation="other",result="succeeded"}'], "1")
        for number in (1000, 1004, 4000, 4010):
            self.assertGreaterEqual(int(samples['rms_connector_events_total{number="%d"}' % number]), 1)

    def test_tenant_is_away(self):
        tenant, connector = self.start()
        tenant.close()
        self.outage(connector, "refused")

    def test_certificates(self):
        self.pki.make_ca("other")
        for certificate, says in ((self.pki.issue("stranger", ["DNS:localhost"], ca="other"), "certificate"),
                                  (self.pki.issue("misnamed", ["DNS:elsewhere.example"]), "ostname mismatch"),
                                  (self.pki.issue("expired", ["DNS:localhost"], days="-1"), "expired")):
            with self.subTest(says):
                tenant, connector = self.start(certificate=certificate)
                self.outage(connector, says)
                self.assertTrue(tenant.requests.empty())
                self.doCleanups()


class SimulatorTest(unittest.TestCase):
    """The same against the tenant simulator's own faults."""

    @classmethod
    def setUpClass(cls):
        cls.state = tempfile.TemporaryDirectory(prefix="rms-state-")
        cls.caller = Caller()
        cls.connector = Connector(cls.state.name)
        cls.connector.use_tenant()
        exchange = directory_object("Exchange Servers")
        cls.connector.push([{"sid": exchange["sid"], "name": "CONTOSO\\Exchange Servers", "dn": exchange["dn"],
                             "kind": "security-group", "role": "exchange", "note": ""}], author="admin@contoso.example")

    @classmethod
    def tearDownClass(cls):
        cls.connector.close()
        cls.caller.close()
        cls.state.cleanup()

    def fault(self, **members):
        data = json.dumps([dict(members, host="rms")]).encode()
        urllib.request.urlopen(urllib.request.Request(lab("LAB_TENANT_CONTROL") + "/faults", data, method="PUT")).close()

    def test_faults(self):
        soap = b"<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body/></s:Envelope>"
        for members in ({"status": 502}, {"status": 503}, {"status": 504}, {"status": 404}, {"status": 302}, {"disconnect": True},
                        {"empty_body": True}, {"cut_after": 10}, {"soap_fault": ""}):
            with self.subTest(**members):
                self.fault(**members)
                status, _, reply = self.caller.post(soap)
                self.assertEqual(status, 500)
                self.assertRegex(reply.decode(), r"<(\w+:)?faultstring(></(\w+:)?faultstring>|/>)")

    def test_fault_passes_unchanged(self):
        self.fault(soap_fault="System.UnauthorizedAccessException: told so")
        _, _, reply = self.caller.post(b"<x/>")
        last = tenant_requests()[-1]
        self.assertIn(b"System.UnauthorizedAccessException: told so", reply)
        self.assertEqual(last["response_length"], len(reply))


if __name__ == "__main__":
    unittest.main(verbosity=2)
