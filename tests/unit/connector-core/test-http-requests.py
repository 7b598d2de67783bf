#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests good and bad, and the answer to each: framing, smuggling, paths, methods, identity, admission.

    test-http-requests.py HTTP-HOST
"""
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from httpcases import CLOSE, KEEP, LICENSE, TABLE, post
from httphost import EXCHANGE, OUTSIDER, Client, Host, request

PROGRAM = sys.argv.pop(1)


class RequestTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.host = Host(PROGRAM)

    @classmethod
    def tearDownClass(cls):
        cls.host.close()

    def test_table(self):
        for name, text, status, after, contains in TABLE:
            with self.subTest(name), Client(self.host.port) as client:
                client.send(text)
                answer = client.answer()
                self.assertEqual(answer.status, status, answer.raw_head)
                if contains:
                    self.assertIn(contains, answer.body.decode())
                self.assertEqual(answer.get("Connection") == "close", after == CLOSE)
                if after == KEEP:
                    self.assertTrue(client.is_alive())
                else:
                    self.assertTrue(client.at_end())
                if status == 405:
                    self.assertEqual(answer.get("Allow"), "GET, HEAD, POST, OPTIONS")
                if status == 401:
                    self.assertEqual(answer.get_all("WWW-Authenticate"), ["Negotiate"])

    def test_table_byte_by_byte(self):
        """However the bytes arrive, the answer is the same."""
        for name, text, status, after, contains in TABLE[::4]:
            with self.subTest(name), Client(self.host.port) as client:
                try:
                    for byte in text.encode("latin-1"):
                        client.send(bytes((byte,)))
                except (BrokenPipeError, ConnectionResetError):
                    pass
                self.assertEqual(client.answer().status, status)

    def test_pipelined_in_order(self):
        with Client(self.host.port) as client:
            client.send(request(fields=EXCHANGE) + request(target="/x") + request(fields=EXCHANGE, target=LICENSE) +
                        post(body="GET / HTTP/1.1\r\n\r\n") + request(fields=EXCHANGE + "Connection: close\r\n") + request())
            self.assertEqual([client.answer().status for _ in range(5)], [200, 404, 200, 401, 200])
            self.assertTrue(client.at_end())

    def test_head_has_no_body(self):
        with Client(self.host.port) as client:
            client.send(request("HEAD", fields=EXCHANGE) + request(fields=EXCHANGE))
            head, whole = client.answer(head_only=True), client.answer()
            self.assertEqual(head.get("Content-Length"), whole.get("Content-Length"))
            self.assertEqual(head.get("Content-Type"), "text/html; charset=utf-8")

    def test_reply_token_goes_with_every_final_answer(self):
        with Client(self.host.port) as client:
            for text, status in ((request(fields=EXCHANGE), 200), (post(OUTSIDER, "x"), 403), (post(EXCHANGE, "x"), 500)):
                client.send(text)
                answer = client.answer()
                self.assertEqual((answer.status, answer.get("WWW-Authenticate")), (status, "Negotiate cmVwbHk="))
                self.assertIsNone(answer.get("Persistent-Auth"))

    def test_exchange_stays_with_its_connection(self):
        first = "Authorization: Negotiate test:continue\r\n"
        last = "Authorization: Negotiate test:finish\r\n"
        with Client(self.host.port) as client, Client(self.host.port) as other:
            client.send(request(fields=first))
            answer = client.answer()
            self.assertEqual((answer.status, answer.get("WWW-Authenticate")), (401, "Negotiate bW9yZQ=="))
            other.send(request(fields=last))
            self.assertEqual(other.answer().status, 401)
            client.send(request(fields=last))
            self.assertEqual(client.answer().status, 200)

    def test_expectation_of_a_stranger_is_not_met(self):
        with Client(self.host.port) as client:
            client.send(post("Expect: 100-continue\r\nContent-Length: 5\r\n"))
            self.assertEqual(client.answer().status, 401)
            client.send("hello")
            self.assertTrue(client.is_alive())

    def test_wsdl_names_the_host_of_the_request(self):
        import xml.etree.ElementTree as ET
        wsdl, soap, soap12 = ("{http://schemas.xmlsoap.org/wsdl/%s}" % part for part in ("", "soap/", "soap12/"))
        for name, path, operations in (
                ("ServerCertificationWebService", "certification/servercertification.asmx", ["Certify"]),
                ("CertificationWebService", "certification/certification.asmx", ["Certify"]),
                ("Server", "certification/server.asmx", ["GetLicensorCertificate", "FindServiceLocations", "GetServerInfo"]),
                ("ServiceLocator", "certification/servicelocator.asmx", ["FindServiceLocationsForUser"]),
                ("License", "licensing/license.asmx", ["AcquireLicense", "AcquirePreLicense"]),
                ("Publish", "licensing/publish.asmx", ["AcquireIssuanceLicense", "GetClientLicensorCert"]),
                ("TemplateDistributionWebService", "licensing/templatedistribution.asmx",
                 ["AcquireTemplateInformation", "AcquireTemplates"]),
                ("Server", "licensing/server.asmx", ["GetLicensorCertificate", "FindServiceLocations", "GetServerInfo"]),
                ("ServiceLocator", "licensing/servicelocator.asmx", ["FindServiceLocationsForUser"])):
            with self.subTest(path), Client(self.host.port) as client:
                client.send(request(target="/_wmcs/%s?WSDL" % path, fields=EXCHANGE, host="Host: other.example:8080\r\n"))
                answer = client.answer()
                self.assertEqual((answer.status, answer.get("Content-Type")), (200, "text/xml; charset=utf-8"))
                tree = ET.fromstring(answer.body)
                self.assertEqual(tree.find(wsdl + "service").get("name"), name)
                self.assertEqual([binding.get("name") for binding in tree.findall(wsdl + "binding")],
                                 [name + "Soap", name + "Soap12"])
                self.assertEqual([operation.get("name") for operation in tree.findall("%sportType/%soperation" % (wsdl, wsdl))],
                                 operations)
                for prefix in (soap, soap12):
                    self.assertEqual(tree.find(".//%saddress" % prefix).get("location"), "http://other.example:8080/_wmcs/" + path)

    def test_every_refusal_is_told_once(self):
        with Host(PROGRAM) as host:
            with Client(host.port) as client:
                client.send(request())
                client.answer()
                client.send(request(fields=EXCHANGE))
                client.answer()
            with Client(host.port) as client:
                client.send(request() + request())
                client.answer()
                client.answer()
            host.wait("UNIDENTIFIED no-credential 127.0.0.9")
            with Client(host.port) as client:
                client.send(request(fields="Authorization: Negotiate test:ntlm\r\n") + post(OUTSIDER, "x"))
                self.assertEqual([client.answer().status, client.answer().status], [401, 403])
            self.assertEqual(host.seen("UNIDENTIFIED|REFUSED"),
                             ["UNIDENTIFIED no-credential 127.0.0.9", "UNIDENTIFIED ntlm 127.0.0.9",
                              "REFUSED CONTOSO\\9999 127.0.0.9"])

    def test_admission_is_replaced_on_open_connections(self):
        with Host(PROGRAM) as host, Client(host.port) as client:
            for state, status in (("none", 403), ("loaded", 500), ("none", 403)):
                host.command("list " + state)
                client.send(post(EXCHANGE, "x"))
                self.assertEqual(client.answer().status, status)

    def test_same_machine_is_refused(self):
        with Client(self.host.port, source="127.0.0.1") as client:
            client.send(post(EXCHANGE, "x"))
            answer = client.answer()
            self.assertEqual(answer.status, 403)
            self.assertIn("machine", answer.body.decode())


if __name__ == "__main__":
    unittest.main()
