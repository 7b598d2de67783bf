#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests good and bad, and the answer to each: framing, smuggling, paths, methods, identity, admission.

    test-http-requests.py HTTP-HOST
"""
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from httphost import EXCHANGE, OUTSIDER, SERVICE, Client, Host, request

PROGRAM = sys.argv.pop(1)
CLOSE, KEEP = "close", "keep"
LICENSE = "/_wmcs/licensing/license.asmx"
CHUNKED = "Transfer-Encoding: chunked\r\n"


def post(fields="", body="", target=SERVICE, **options):
    return request("POST", target, fields, body, **options)


def raw(lines, body=""):
    return lines.replace("\n", "\r\n") + "\r\n" + body


# name, request, status, what follows on the connection, text in the answer (or None)
TABLE = [
    # Framing that is right
    ("get page", request(fields=EXCHANGE), 200, KEEP, "<title>ServerCertificationWebService</title>"),
    ("get page, heading", request(fields=EXCHANGE), 200, KEEP, "<h1>ServerCertificationWebService</h1>"),
    ("get page, operation", request(fields=EXCHANGE), 200, KEEP, "<li>Certify</li>"),
    ("get page by HTTP/1.0", request(fields=EXCHANGE, version="HTTP/1.0", host=""), 200, CLOSE, "Certify"),
    ("HTTP/1.0 that wants to stay", request(fields=EXCHANGE + "Connection: keep-alive\r\n", version="HTTP/1.0"), 200, KEEP, None),
    ("asks to close", request(fields=EXCHANGE + "Connection: close\r\n"), 200, CLOSE, None),
    ("asks to close among other options", request(fields=EXCHANGE + "Connection: x, Close\r\n"), 200, CLOSE, None),
    ("one empty line before", "\r\n" + request(fields=EXCHANGE), 200, KEEP, None),
    ("absolute form", request(target="http://rmsconnector.contoso.example" + SERVICE, fields=EXCHANGE), 200, KEEP, None),
    ("field names in any case", request(fields=EXCHANGE.replace("Authorization", "aUTHORIZATION")), 200, KEEP, None),
    ("value between spaces and tabs", request(fields=EXCHANGE + "X: \t a \t\r\n"), 200, KEEP, None),
    ("empty value", request(fields=EXCHANGE + "X:\r\n"), 200, KEEP, None),
    ("upgrade is ignored", request(fields=EXCHANGE + "Connection: upgrade\r\nUpgrade: h2c\r\n"), 200, KEEP, None),
    ("chunked body of a refused call", post(CHUNKED, "5\r\nhello\r\n0\r\n\r\n"), 401, KEEP, None),
    ("chunks with extension and trailer", post(CHUNKED, "5;a=b\r\nhello\r\n0\r\nX: y\r\n\r\n"), 401, KEEP, None),
    ("chunk size with leading zeros", post(CHUNKED, "0005\r\nhello\r\n0\r\n\r\n"), 401, KEEP, None),
    ("a get with a body", request(fields=EXCHANGE, body="hello"), 200, KEEP, None),
    # Line ends
    ("lines end in LF", "GET %s HTTP/1.1\nHost: h\n\n" % SERVICE, 400, CLOSE, "CR LF"),
    ("one line ends in LF", "GET %s HTTP/1.1\r\nHost: h\nX: y\r\n\r\n" % SERVICE, 400, CLOSE, "CR LF"),
    ("the last line ends in LF", "GET %s HTTP/1.1\r\nHost: h\r\n\n" % SERVICE, 400, CLOSE, "CR LF"),
    ("CR inside a value", request(fields="X: a\rY: b\r\n"), 400, CLOSE, "CR LF"),
    ("CR CR LF", request(fields="X: a\r\r\n"), 400, CLOSE, "CR LF"),
    ("folded field", request(fields="X: a\r\n b\r\n"), 400, CLOSE, "folded"),
    ("folded by a tab", request(fields="Transfer-Encoding: x\r\n\tchunked\r\n"), 400, CLOSE, "folded"),
    ("space before the first field", "GET %s HTTP/1.1\r\n Host: h\r\n\r\n" % SERVICE, 400, CLOSE, "folded"),
    # Fields
    ("space before the colon", request(fields="X : y\r\n"), 400, CLOSE, "header field"),
    ("no name", request(fields=": y\r\n"), 400, CLOSE, "no name"),
    ("no colon", request(fields="X\r\n"), 400, CLOSE, "header field"),
    ("parenthesis in a name", request(fields="X(: y\r\n"), 400, CLOSE, "header field"),
    ("NUL in a value", request(fields="X: a\0b\r\n"), 400, CLOSE, None),
    ("control character in a value", request(fields="X: a\x01b\r\n"), 400, CLOSE, None),
    ("DEL in a value", request(fields="X: a\x7fb\r\n"), 400, CLOSE, None),
    ("two credentials", request(fields=EXCHANGE + EXCHANGE), 400, CLOSE, "Authorization"),
    ("two content types", post("Content-Type: text/xml\r\nContent-Type: text/xml\r\n", "x"), 400, CLOSE, "Content-Type"),
    # Host
    ("no Host", request(host=""), 400, CLOSE, "Host"),
    ("two Hosts", request(host="Host: a\r\nHost: a\r\n"), 400, CLOSE, "Host"),
    ("empty Host", request(host="Host:\r\n"), 400, CLOSE, "Host"),
    ("Host with a path", request(host="Host: a/b\r\n"), 400, CLOSE, "Host"),
    ("Host with user information", request(host="Host: u@a\r\n"), 400, CLOSE, "Host"),
    ("Host with markup", request(host="Host: a\"><b\r\n"), 400, CLOSE, "Host"),
    ("bad host in the target", request(target="http://u@h" + SERVICE), 400, CLOSE, "Host"),
    # Lengths and codings: the ways to smuggle
    ("length twice", post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello"), 400, CLOSE, "more than once"),
    ("two lengths", post("Content-Length: 5\r\nContent-Length: 6\r\n", "hello"), 400, CLOSE, "more than once"),
    ("length list", post("Content-Length: 5, 5\r\n", "hello"), 400, CLOSE, "Content-Length"),
    ("signed length", post("Content-Length: +5\r\n", "hello"), 400, CLOSE, "Content-Length"),
    ("negative length", post("Content-Length: -5\r\n", "hello"), 400, CLOSE, "Content-Length"),
    ("hexadecimal length", post("Content-Length: 0x5\r\n", "hello"), 400, CLOSE, "Content-Length"),
    ("length with a space", post("Content-Length: 5 5\r\n", "hello"), 400, CLOSE, "Content-Length"),
    ("empty length", post("Content-Length:\r\n", "hello"), 400, CLOSE, "Content-Length"),
    ("length beyond 64 bits", post("Content-Length: 18446744073709551621\r\n", "hello"), 400, CLOSE, "Content-Length"),
    ("length and chunked", post("Content-Length: 5\r\n" + CHUNKED, "0\r\n\r\n"), 400, CLOSE, "more than once"),
    ("chunked and length", post(CHUNKED + "Content-Length: 5\r\n", "0\r\n\r\n"), 400, CLOSE, "more than once"),
    ("chunked twice", post(CHUNKED + CHUNKED, "0\r\n\r\n"), 400, CLOSE, "Transfer-Encoding"),
    ("chunked, then identity", post("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n"), 400, CLOSE, "Transfer-Encoding"),
    ("identity, then chunked", post("Transfer-Encoding: identity, chunked\r\n", "0\r\n\r\n"), 501, CLOSE, "chunked"),
    ("gzip, then chunked", post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), 501, CLOSE, "chunked"),
    ("unknown coding", post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"), 501, CLOSE, "chunked"),
    ("quoted coding", post("Transfer-Encoding: \"chunked\"\r\n", "0\r\n\r\n"), 501, CLOSE, "chunked"),
    ("empty coding", post("Transfer-Encoding:\r\n", "0\r\n\r\n"), 400, CLOSE, "Transfer-Encoding"),
    ("vertical tab before the coding", post("Transfer-Encoding: \x0bchunked\r\n", "0\r\n\r\n"), 400, CLOSE, None),
    ("space before the coding's colon", post("Transfer-Encoding : chunked\r\n", "0\r\n\r\n"), 400, CLOSE, "header field"),
    ("chunked by HTTP/1.0", post(CHUNKED, "0\r\n\r\n", version="HTTP/1.0"), 400, CLOSE, "Transfer-Encoding"),
    ("no length", post(EXCHANGE), 411, CLOSE, "how long"),
    # Request line
    ("not HTTP", "\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 400, CLOSE, "not an HTTP request"),
    ("lower-case method", "get %s HTTP/1.1\r\nHost: h\r\n\r\n" % SERVICE, 501, CLOSE, "method"),
    ("unknown method", "FROBNICATE %s HTTP/1.1\r\nHost: h\r\n\r\n" % SERVICE, 501, CLOSE, "method"),
    ("CONNECT", "CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n", 501, CLOSE, "method"),
    ("WebDAV method", request("PROPFIND"), 501, CLOSE, "method"),
    ("no version", "GET %s\r\n\r\n" % SERVICE, 505, CLOSE, None),
    ("HTTP/0.9", "GET %s HTTP/0.9\r\n\r\n" % SERVICE, 505, CLOSE, None),
    ("HTTP/2.0", request(version="HTTP/2.0"), 505, CLOSE, None),
    ("HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, CLOSE, None),
    ("HTTP/1.2", request(version="HTTP/1.2"), 505, CLOSE, None),
    ("lower-case http", request(version="http/1.1"), 400, CLOSE, "request line"),
    ("another protocol", request(version="RTSP/1.0", method="DESCRIBE"), 400, CLOSE, "request line"),
    ("two spaces", "GET  %s HTTP/1.1\r\nHost: h\r\n\r\n" % SERVICE, 400, CLOSE, "request line"),
    ("space in the target", request(target=SERVICE + " x"), 400, CLOSE, None),
    ("relative target", request(target="x"), 400, CLOSE, "target"),
    ("fragment", request(target=SERVICE + "#x"), 400, CLOSE, "target"),
    ("asterisk with GET", request(target="*"), 400, CLOSE, "target"),
    ("raw umlaut", request(target="/_wmcs/\xe4.asmx"), 400, CLOSE, "target"),
    # Paths
    ("path in another case", request(target="/_WMCS/Certification/ServerCertification.ASMX", fields=EXCHANGE), 200, KEEP, "Certify"),
    ("root", request(target="/", fields=EXCHANGE), 404, KEEP, "no such service"),
    ("folder", request(target="/_wmcs/licensing", fields=EXCHANGE), 404, KEEP, None),
    ("percent", request(target="/_wmcs/licensing/%6cicense.asmx", fields=EXCHANGE), 404, KEEP, None),
    ("double slash", request(target="/_wmcs//licensing/license.asmx", fields=EXCHANGE), 404, KEEP, None),
    ("dot-dot", request(target="/_wmcs/x/../licensing/license.asmx", fields=EXCHANGE), 404, KEEP, None),
    ("dot", request(target="/_wmcs/./licensing/license.asmx", fields=EXCHANGE), 404, KEEP, None),
    ("backslash", request(target="/_wmcs\\licensing\\license.asmx", fields=EXCHANGE), 404, KEEP, None),
    ("slash behind", request(target=LICENSE + "/", fields=EXCHANGE), 404, KEEP, None),
    ("path info", request(target=LICENSE + "/AcquireLicense", fields=EXCHANGE), 404, KEEP, None),
    ("path parameter", request(target=LICENSE + ";x=y", fields=EXCHANGE), 404, KEEP, None),
    ("server interop is not served", post(EXCHANGE, "x", target="/_wmcs/certification/precertification.asmx"), 404, KEEP, None),
    ("decommission is not served", post(EXCHANGE, "x", target="/_wmcs/decommission/decommission.asmx"), 404, KEEP, None),
    ("external pipeline is not served", post(EXCHANGE, "x", target="/_wmcs/licensingexternal/license.asmx"), 404, KEEP, None),
    ("admin side is not served", request(target="/admin/admin.svc", fields=EXCHANGE), 404, KEEP, None),
    # Methods
    ("PUT", request("PUT", fields=EXCHANGE, body="x"), 405, KEEP, None),
    ("DELETE", request("DELETE", fields=EXCHANGE), 405, KEEP, None),
    ("TRACE", request("TRACE", fields=EXCHANGE), 405, KEEP, None),
    ("PUT elsewhere", request("PUT", target="/x", fields=EXCHANGE, body="x"), 404, KEEP, None),
    ("OPTIONS", request("OPTIONS", fields=EXCHANGE), 200, KEEP, None),
    ("OPTIONS without identity", request("OPTIONS"), 401, KEEP, None),
    ("OPTIONS *", request("OPTIONS", target="*"), 200, KEEP, None),
    # Expectations
    ("unknown expectation", post(EXCHANGE + "Expect: 200-maybe\r\n", "x"), 417, KEEP, None),
    ("expectation by HTTP/1.0", post(EXCHANGE + "Expect: 100-continue\r\n", "x", version="HTTP/1.0"), 417, CLOSE, None),
    # Identity
    ("anonymous page", request(), 401, KEEP, "authenticate"),
    ("anonymous call", post(body="hello"), 401, KEEP, None),
    ("Basic", request(fields="Authorization: Basic dTpw\r\n"), 401, KEEP, "event log"),
    ("Bearer", request(fields="Authorization: Bearer x\r\n"), 401, KEEP, "event log"),
    ("NTLM", request(fields="Authorization: Negotiate test:ntlm\r\n"), 401, KEEP, "event log"),
    # Admission
    ("outsider's call", post(OUTSIDER, "hello"), 403, KEEP, "not authorized"),
    ("outsider sees the page", request(fields=OUTSIDER), 200, KEEP, "Certify"),
    ("disabled account", post("Authorization: Negotiate test:S-1-5-21-1-2-3-2002\r\n", "hello"), 403, KEEP, "disabled"),
]


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
