#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counters: what is counted, what Prometheus says of the text, who may ask; and the alert rules that come with them.

    test-http-metrics.py HTTP-HOST RULES RULES-TEST
"""
import os
import re
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from httphost import EXCHANGE, OUTSIDER, SERVER, Client, Host, Pki, request
from httptenant import Tenant, answer

RULES_TEST, RULES, PROGRAM = sys.argv.pop(), sys.argv.pop(), sys.argv.pop()
LICENSE = "/_wmcs/licensing/license.asmx"
ACTION = 'SOAPAction: "http://microsoft.com/DRM/LicensingService/%s"\r\n'
BODY = ('<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><AcquirePreLicense '
        'xmlns="http://microsoft.com/DRM/LicensingService"/></s:Body></s:Envelope>')
LOCAL = "Host: 127.0.0.1\r\n"
SAMPLE = re.compile(r'([a-z_]+)(?:\{((?:[a-z_]+="[^"\\]*",?)+)\})? (-?[0-9.]+)$')


def promtool(*argv, text=None):
    return subprocess.run(("promtool",) + argv, input=text, capture_output=True, text=True, check=False)


class MetricsCase(unittest.TestCase):
    def start(self, behaviour=None, **keys):
        pki = Pki()
        self.addCleanup(pki.close)
        self.pki = pki
        self.tenant = Tenant(*pki.issue("tenant", ["DNS:localhost"]), behaviour=behaviour or self.behave)
        self.addCleanup(self.tenant.close)
        self.host = Host(PROGRAM, tenant=self.tenant.url, ca=pki.ca, metrics=SERVER + ":0", **keys)
        self.addCleanup(self.host.close)

    @staticmethod
    def behave(connection, got):
        if b"fault" in got.body:
            connection.send(answer(b"<fault/>", "500 Internal Server Error"))
        elif b"away" in got.body:
            connection.send(answer(b"x", "503 Service Unavailable"))
        else:
            connection.send(answer(got.body))

    def ask(self, accept=""):
        with Client(self.host.metrics_port) as client:
            client.send(request(target="/metrics", host=LOCAL, fields=accept))
            got = client.answer()
        self.assertEqual(got.status, 200)
        return got

    def read(self):
        """Every sample by name and labels."""
        samples = {}
        for line in self.ask().body.decode().splitlines():
            if not line.startswith("#"):
                name, labels, value = SAMPLE.match(line).groups()
                key = (name, labels or "")
                self.assertNotIn(key, samples)
                samples[key] = float(value)
        return samples

    def call(self, fields, body, status, target=LICENSE):
        with Client(self.host.port) as client:
            client.send(request("POST", target, fields, body))
            self.assertEqual(client.answer().status, status)


class CountTest(MetricsCase):
    def test_calls(self):
        self.start()
        self.call(EXCHANGE + ACTION % "AcquireLicense", "x", 200)
        self.call(EXCHANGE + ACTION % "AcquireLicense", "x", 200)
        self.call(EXCHANGE + ACTION % "AcquireLicense", "fault", 500)
        self.call(EXCHANGE + ACTION % "AcquireLicense", "away", 500)
        self.call(OUTSIDER + ACTION % "AcquireLicense", "x", 403)
        self.call(EXCHANGE, BODY, 200)
        self.call(EXCHANGE + ACTION % "\xe4 made-up name", "x", 200)
        self.call(EXCHANGE + "Content-Encoding: gzip\r\n", "\x1f\x8b\x08", 200)
        with Client(self.host.port) as client:
            client.send(request("POST", LICENSE, EXCHANGE + ACTION % "AcquireLicense" + "Content-Length: 10\r\n") + "x")
            while self.read()["rms_connector_connections", ""] < 1:
                pass
        while not self.read()["rms_connector_calls_total", 'operation="AcquireLicense",result="aborted"']:
            pass
        samples = self.read()
        calls = {labels: value for (name, labels), value in samples.items() if name == "rms_connector_calls_total" and value}
        self.assertEqual(calls, {
            'operation="AcquireLicense",result="succeeded"': 2, 'operation="AcquireLicense",result="fault"': 1,
            'operation="AcquireLicense",result="unavailable"': 1, 'operation="AcquireLicense",result="refused"': 1,
            'operation="AcquireLicense",result="aborted"': 1, 'operation="AcquirePreLicense",result="succeeded"': 1,
            'operation="other",result="succeeded"': 2})
        self.assertEqual({labels: value for (name, labels), value in samples.items() if name == "rms_connector_answers_total"},
                         {'code="200"': 5, 'code="403"': 1, 'code="500"': 2})
        self.assertEqual(samples["rms_connector_troubles_total", 'kind="status"'], 1)

    def test_times(self):
        """Response = processing + service, in each series; slow callers are not the tenant's fault."""
        self.start()
        for _ in range(3):
            self.call(EXCHANGE + ACTION % "AcquireLicense", "x", 200)
        self.call(EXCHANGE + ACTION % "AcquireLicense", "away", 500)
        samples = self.read()
        for result, count in (("succeeded", 3), ("failed", 1)):
            labels = 'operation="AcquireLicense",result="%s"' % result
            sums = {}
            for kind in ("processing", "service", "response"):
                name = "rms_connector_%s_seconds" % kind
                self.assertEqual(samples[name + "_count", labels], count)
                buckets = [value for (family, key), value in samples.items() if family == name + "_bucket" and key.startswith(labels)]
                self.assertEqual(len(buckets), 17)
                self.assertEqual(buckets, sorted(buckets))
                self.assertEqual(buckets[-1], count)
                sums[kind] = samples[name + "_sum", labels]
                self.assertGreater(sums[kind], 0)
            self.assertAlmostEqual(sums["processing"] + sums["service"], sums["response"], places=5)

    def test_connections_and_tls(self):
        pki = Pki()
        self.addCleanup(pki.close)
        certificate, key = pki.issue("connector", ["DNS:rmsconnector.contoso.example"])
        self.start(https=SERVER + ":0", cert=certificate, key=key)
        context = pki.client_context()
        with Client(self.host.tls_port, tls=context) as client:
            self.assertTrue(client.is_alive())
            samples = self.read()
            self.assertEqual((samples["rms_connector_connections", ""], samples["rms_connector_idle_connections", ""]), (1, 1))
        self.assertEqual(samples["rms_connector_accepted_connections_total", 'scheme="https"'], 1)
        self.assertEqual(samples["rms_connector_tls_connections_total", 'version="1.3",resumed="false"'], 1)
        self.assertGreater(samples["rms_connector_certificate_not_after_seconds", ""], 1700000000)
        with self.assertRaises(Exception):
            Client(self.host.tls_port, tls=self.pki.client_context())
        while not self.read()["rms_connector_tls_failures_total", ""]:
            pass

    def test_upstream(self):
        self.start()
        for _ in range(3):
            self.call(EXCHANGE, "x", 200)
        samples = self.read()
        self.assertEqual(samples["rms_connector_upstream_connects_total", ""], 1)
        self.assertEqual(samples["rms_connector_upstream_connections", 'state="idle"'], 1)
        self.assertGreater(samples["rms_connector_credential_not_after_seconds", ""], 1700000000)
        self.tenant.close()
        self.call(EXCHANGE, "x", 500)
        self.assertGreaterEqual(self.read()["rms_connector_upstream_connect_failures_total", ""], 1)
        self.host.command("token x 0")

    def test_counting_asks_nobody(self):
        """Those who read counters are not callers, and never more than a few."""
        self.start()
        before = self.read()
        for _ in range(5):
            self.read()
        with Client(self.host.metrics_port) as client:
            client.send("nonsense\r\n\r\n")
            self.assertEqual(client.answer().status, 400)
        after = self.read()
        for name in ("rms_connector_accepted_connections_total", "rms_connector_answers_total", "rms_connector_calls_total"):
            self.assertEqual([value for (family, _), value in before.items() if family == name],
                             [value for (family, _), value in after.items() if family == name])
        readers = [Client(self.host.metrics_port) for _ in range(8)]
        for reader in readers:
            reader.send(request(target="/metrics", host=LOCAL))
            self.assertEqual(reader.answer().status, 200)
        with Client(self.host.metrics_port) as ninth:
            self.assertTrue(ninth.at_end())
        for reader in readers:
            reader.socket.close()


class TextTest(MetricsCase):
    def test_prometheus_likes_it(self):
        self.start()
        self.call(EXCHANGE + ACTION % "AcquireLicense", "x", 200)
        self.call(EXCHANGE + ACTION % "AcquireLicense", "away", 500)
        got = self.ask()
        self.assertEqual(got.get("Content-Type"), "text/plain; version=0.0.4; charset=utf-8")
        check = promtool("check", "metrics", text=got.body.decode())
        self.assertEqual((check.returncode, check.stdout, check.stderr), (0, "", ""))

    def test_openmetrics(self):
        """The same samples, other heads, and an end."""
        self.start()
        plain = self.ask().body.decode()
        got = self.ask("Accept: application/openmetrics-text;version=1.0.0,text/plain;q=0.5\r\n")
        self.assertEqual(got.get("Content-Type"), "application/openmetrics-text; version=1.0.0; charset=utf-8")
        text = got.body.decode()
        self.assertTrue(text.endswith("\n# EOF\n"))
        self.assertEqual([line.split(" ")[0] for line in text.splitlines() if line[0] != "#"],
                         [line.split(" ")[0] for line in plain.splitlines() if line[0] != "#"])
        family = kind = None
        for line in text.splitlines()[:-1]:
            if line.startswith("# HELP "):
                family = line.split(" ")[2]
            elif line.startswith("# TYPE "):
                self.assertEqual(line.split(" ")[2], family)
                kind = line.split(" ")[3]
            else:
                name = line.split("{")[0].split(" ")[0]
                endings = {"counter": ["_total"], "gauge": [""], "histogram": ["_bucket", "_sum", "_count"]}[kind]
                self.assertIn(name, [family + ending for ending in endings])

    def test_no_names(self):
        """Neither accounts nor addresses nor the tenant."""
        self.start()
        self.call(EXCHANGE, "x", 200)
        self.call(OUTSIDER, "x", 403)
        text = self.ask().body.decode()
        for secret in ("CONTOSO", "S-1-5", "127.0.0", "localhost", "tenant-token"):
            self.assertNotIn(secret, text)


class WhoTest(MetricsCase):
    def test_answers(self):
        self.start()
        for text, status in ((request(target="/metrics", host=LOCAL), 200), (request(target="/metrics?x=y", host=LOCAL), 200),
                             (request("HEAD", target="/metrics", host=LOCAL), 200),
                             (request(target="/metrics", host="Host: localhost:9464\r\n"), 200),
                             (request(target="/metrics", host="Host: [::1]:9464\r\n"), 200),
                             (request(target="/metrics", host="Host: rebound.example\r\n"), 421),
                             (request(target="/metrics", host="Host: 127.0.0.1.example\r\n"), 421),
                             (request(target="/metrics", host=""), 421), (request(target="/", host=LOCAL), 404),
                             (request(target="/metrics/", host=LOCAL), 404), (request(target="/METRICS", host=LOCAL), 404),
                             (request(target=LICENSE, host=LOCAL, fields=EXCHANGE), 404),
                             (request("POST", target=LICENSE, host=LOCAL, fields=EXCHANGE, body="x"), 404),
                             (request("POST", target="/metrics", host=LOCAL, body="x"), 405),
                             (request("OPTIONS", target="*", host=LOCAL), 404)):
            with self.subTest(text.split("\r\n")[:2]), Client(self.host.metrics_port) as client:
                client.send(text)
                self.assertEqual(client.answer(head_only=text.startswith("HEAD")).status, status)
        self.assertTrue(self.tenant.requests.empty())
        # And on the ports of callers there are none.
        with Client(self.host.port) as client:
            client.send(request(target="/metrics", fields=EXCHANGE, host=LOCAL))
            self.assertEqual(client.answer().status, 404)

    def test_only_this_machine(self):
        for address in ("0.0.0.0:0", "192.0.2.1:9464", "[::]:0", "[2001:db8::1]:9464", "localhost:0", "nonsense"):
            with self.subTest(address), self.assertRaises(RuntimeError) as caught:
                Host(PROGRAM, metrics=address)
            self.assertIn("loopback", str(caught.exception))


class RulesTest(unittest.TestCase):
    def test_rules(self):
        for argv in (("check", "rules", RULES), ("test", "rules", RULES_TEST)):
            check = promtool(*argv)
            self.assertEqual(check.returncode, 0, check.stdout + check.stderr)

    def test_rules_ask_for_what_there_is(self):
        """Every series in the rules is one that the connector writes."""
        with open(os.path.join(os.path.dirname(os.path.abspath(RULES)), "..", "connector-core", "counters-text.c"), encoding="utf-8") as file:
            known = set("rms_connector_" + name for name in re.findall(r'PREFIX\s+"([a-z_]+)', file.read()))
        with open(RULES, encoding="utf-8") as file:
            used = set(re.findall(r"rms_connector_[a-z_]+", file.read()))
        self.assertGreater(len(used), 5)
        for name in used:
            self.assertTrue({name, re.sub("_(total|bucket|sum|count)$", "", name)} & known, name)


if __name__ == "__main__":
    unittest.main()
