#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls relayed to a tenant over TLS: bodies byte by byte, heads hop by hop, outages, the pool.

    test-http-relay.py HTTP-HOST
"""
import os
import random
import socket
import ssl
import sys
import threading
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from httphost import EXCHANGE, FCI, SERVICE, Client, Host, Pki, request
from httptenant import Proxy, Tenant, answer, chunked, echo

PROGRAM = sys.argv.pop(1)
CHUNKED = "Transfer-Encoding: chunked\r\n"
SOAP11, SOAP12 = "text/xml; charset=utf-8", "application/soap+xml; charset=utf-8"
MEBIBYTE = 1024 * 1024


def post(body=b"<x/>", fields=EXCHANGE, **options):
    if "transfer-encoding" not in fields.lower():
        fields += "Content-Length: %d\r\n" % len(body)
    return request("POST", fields=fields, **options).encode("latin-1") + body


def in_chunks(body, size=3000):
    return b"".join(b"%x\r\n%s\r\n" % (len(body[at:at + size]), body[at:at + size])
                    for at in range(0, len(body), size)) + b"0\r\n\r\n"


def noise(length, seed=1):
    return random.Random(seed).randbytes(length)


class RelayCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pki = Pki()
        cls.certificate = cls.pki.issue("tenant", ["DNS:localhost"])
        cls.connector = cls.pki.issue("connector", ["DNS:rmsconnector.contoso.example"])

    @classmethod
    def tearDownClass(cls):
        cls.pki.close()

    def start(self, behaviour=echo, raw=None, certificate=None, **keys):
        """A tenant, and a connector that relays to it; both end with the test."""
        tenant = Tenant(*(certificate or self.certificate), behaviour=behaviour, raw=raw)
        host = Host(PROGRAM, tenant=tenant.url, ca=self.pki.ca, https="127.0.0.1:0",
                    cert=self.connector[0], key=self.connector[1], **keys)
        # The connector ends first: its clean end is part of the test.
        self.addCleanup(tenant.close)
        self.addCleanup(host.close)
        return tenant, host

    def call(self, host, data=None, **options):
        with Client(host.port, **options) as client:
            client.send(data if data is not None else post())
            return client.answer()

    def assert_fault(self, got, soap12=False):
        self.assertEqual(got.status, 500)
        if soap12:
            self.assertEqual(got.get("Content-Type"), SOAP12)
            self.assertIn(b'<s:Text xml:lang="en"></s:Text>', got.body)
            self.assertIn(b"http://www.w3.org/2003/05/soap-envelope", got.body)
        else:
            self.assertEqual(got.get("Content-Type"), SOAP11)
            self.assertIn(b"<faultstring></faultstring>", got.body)
            self.assertIn(b"http://schemas.xmlsoap.org/soap/envelope/", got.body)
        self.assertEqual(got.get("WWW-Authenticate"), "Negotiate cmVwbHk=")


class BodyTest(RelayCase):
    SIZES = (1, 2048, 200 * 1024, 16672358, 16 * MEBIBYTE)

    def test_bodies_of_all_sizes(self):
        tenant, host = self.start()
        for tls in (None, self.pki.client_context()):
            with Client(host.tls_port if tls else host.port, tls=tls) as client:
                for size in self.SIZES:
                    with self.subTest(size=size, tls=bool(tls)):
                        body = noise(size)
                        client.send(post(body))
                        got = client.answer()
                        self.assertEqual(got.status, 200)
                        self.assertTrue(tenant.take().body == body, "request body differs")
                        self.assertTrue(got.body == body, "answer body differs")
        self.assertEqual(tenant.connections, 1)

    def test_empty_request(self):
        tenant, host = self.start()
        got = self.call(host, post(b""))
        self.assertEqual((got.status, got.body), (200, b"<empty/>"))
        self.assertEqual(tenant.take().get("Content-Length"), "0")

    def test_chunked_both_ways(self):
        tenant, host = self.start(lambda connection, request: connection.send(chunked(request.body, size=7777)))
        for size in (1, 5000, 400000, 5 * MEBIBYTE):
            with self.subTest(size=size):
                body = noise(size)
                got = self.call(host, request("POST", fields=EXCHANGE + CHUNKED).encode() + in_chunks(body))
                self.assertEqual((got.status, got.get("Transfer-Encoding"), got.get("Content-Length")), (200, "chunked", None))
                self.assertTrue(got.body == body)
                arrived = tenant.take()
                self.assertTrue(arrived.chunked and arrived.body == body)

    def test_answer_of_unknown_length(self):
        def until_end(connection, request):
            connection.send(answer(request.body, length=False))
            connection.socket.unwrap().close()
            raise EOFError
        _, host = self.start(until_end)
        for size in (3, 300000):
            body = noise(size)
            self.assertTrue(self.call(host, post(body)).body == body)

    def test_http10_gets_no_chunks(self):
        _, host = self.start(lambda connection, request: connection.send(chunked(request.body)))
        body = noise(100000)
        got = self.call(host, post(body, EXCHANGE + "Connection: keep-alive\r\n", version="HTTP/1.0"))
        self.assertEqual((got.get("Transfer-Encoding"), got.get("Connection")), (None, "close"))
        self.assertTrue(got.body == body)

    def test_soap_fault_passes(self):
        fault = b"<s:Fault><faultcode>s:Server</faultcode><faultstring>System.X</faultstring></s:Fault>"
        _, host = self.start(lambda connection, request: connection.send(answer(fault, "500 Internal Server Error")))
        got = self.call(host)
        self.assertEqual((got.status, got.body), (500, fault))
        self.assertEqual(host.seen("EVENT 3000"), [])

    def test_byte_by_byte(self):
        def slowly(connection, request):
            for byte in answer(request.body):
                connection.send(bytes((byte,)))
        _, host = self.start(slowly)
        with Client(host.port) as client:
            for byte in post(b"hello"):
                client.send(bytes((byte,)))
            self.assertEqual(client.answer().body, b"hello")

    def test_pipelined_calls_in_order(self):
        tenant, host = self.start()
        bodies = [noise(size, size) for size in (10, 100000, 1, 300000, 77)]
        with Client(host.port) as client:
            sender = threading.Thread(target=lambda: client.send(b"".join(post(body) for body in bodies)))
            sender.start()
            for body in bodies:
                self.assertTrue(client.answer().body == body)
            sender.join()
        self.assertEqual(tenant.connections, 1)

    def test_early_answer(self):
        """The tenant answers before it has heard everything; the caller's connection goes on."""
        def early(connection, request):
            raise AssertionError("never whole")
        tenant, host = self.start(early)
        tenant.raw = lambda sock: self._answer_at_head(tenant, sock)
        body = noise(3 * MEBIBYTE)
        with Client(host.port) as client:
            head = post(body)[:-len(body)]
            client.send(head + body[:200000])
            got = client.answer()
            self.assertEqual((got.status, got.body), (500, b"<early/>"))
            client.send(body[200000:MEBIBYTE])
        self.assertEqual(host.seen("EVENT 3000"), [])

    @staticmethod
    def _answer_at_head(tenant, sock):
        from httptenant import Connection
        tls = tenant.context.wrap_socket(sock, server_side=True)
        connection = Connection(tenant, tls, 0)
        connection.read_head()
        connection.send(answer(b"<early/>", "500 Internal Server Error"))
        try:
            while tls.recv(65536):
                pass
        except OSError:
            pass
        return True

    def test_window_bounds_memory(self):
        """A caller that does not read makes the connector stop reading, not hoard."""
        size = 48 * MEBIBYTE
        big = b"x" * size
        _, host = self.start(lambda connection, request: connection.send(answer(big)))

        def peak():
            with open("/proc/%d/status" % host.process.pid, encoding="ascii") as status:
                return [int(line.split()[1]) for line in status if line.startswith("VmHWM")][0]
        self.call(host, post())
        before = peak()
        with Client(host.port, receive_buffer=65536) as client:
            client.send(post())
            # A second caller is served all the while.
            self.assertEqual(len(self.call(host, post()).body), size)
            self.assertEqual(len(client.answer().body), size)
        self.assertLess(peak() - before, 8 * 1024)

    def test_expectation_is_met_once_admitted(self):
        tenant, host = self.start()
        with Client(host.port) as client:
            client.send(request("POST", fields=EXCHANGE + "Expect: 100-continue\r\nContent-Length: 5\r\n"))
            self.assertEqual(client.answer().status, 100)
            client.send("hello")
            self.assertEqual(client.answer().body, b"hello")
        self.assertIsNone(tenant.take().get("Expect"))


class HeadTest(RelayCase):
    def test_request_fields(self):
        tenant, host = self.start()
        self.call(host, post(fields=EXCHANGE + "Content-Type: text/xml; charset=utf-8\r\nSOAPAction: \"http://x/y\"\r\n"
                             "Accept-Encoding: gzip, deflate\r\nX-MS-RMS-MSDRM-OPTIONS: ForceCrossTenantActivation=yes\r\n"
                             "User-Agent: MSDRM\r\nAccept: */*\r\nX-Other: 1\r\nX-Other: 2\r\n"
                             "Cookie: a=b\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: 5\r\nTE: trailers\r\n"
                             "Trailer: x\r\nUpgrade: h2c\r\nProxy-Authorization: Basic eA==\r\nProxy-Connection: close\r\n"
                             "X-RMS-Connector-Entry-Sid: S-1-5-32-544\r\nx-rms-connector-entry-role: exchange\r\n"
                             "X-RMS-Connector-Entry-Name: forged\r\nX-RMS-Connector-New: 1\r\nX_RMS_Connector_Entry_Role: exchange\r\n",
                             target="/_WMCS/Certification/ServerCertification.asmx?x=y"))
        got = tenant.take()
        self.assertEqual(got.line, "POST %s HTTP/1.1" % SERVICE)
        self.assertEqual(got.get_all("Host"), ["localhost:%d" % tenant.port])
        self.assertEqual(got.get_all("Authorization"), ["Bearer tenant-token"])
        self.assertEqual(got.get_all("X-RMS-Connector-Entry-Sid"), ["S-1-5-21-1-2-3-1001"])
        self.assertEqual(got.get_all("X-RMS-Connector-Entry-Role"), ["exchange"])
        self.assertEqual(got.get_all("X-RMS-Connector-Entry-Name"), ["CONTOSO%5CExchange%20Servers"])
        for name, value in (("Content-Type", "text/xml; charset=utf-8"), ("SOAPAction", '"http://x/y"'), ("User-Agent", "MSDRM"),
                            ("Accept-Encoding", "gzip, deflate"), ("Accept", "*/*"),
                            ("X-MS-RMS-MSDRM-OPTIONS", "ForceCrossTenantActivation=yes")):
            self.assertEqual(got.get_all(name), [value])
        self.assertEqual(got.get_all("X-Other"), ["1", "2"])
        for name in ("Cookie", "Connection", "X-Hop", "Keep-Alive", "TE", "Trailer", "Upgrade", "Proxy-Authorization",
                     "Proxy-Connection", "X-RMS-Connector-New", "X_RMS_Connector_Entry_Role", "Expect", "Transfer-Encoding"):
            self.assertEqual(got.get_all(name), [], name)

    def test_entry_name_is_percent_encoded(self):
        tenant, host = self.start()
        self.call(host, post(fields=FCI))
        got = tenant.take()
        self.assertEqual(got.get("X-RMS-Connector-Entry-Name"), "CONTOSO%5CF%C3%BC%20r%24")
        self.assertEqual(got.get("X-RMS-Connector-Entry-Role"), "fci")

    def test_answer_fields(self):
        fields = ("Content-Type: application/soap+xml\r\nContent-Encoding: gzip\r\nServer: T\r\nDate: Mon, 01 Jan 2024 00:00:00 GMT\r\n"
                  "X-Trace: 1\r\nSet-Cookie: a=b\r\nWWW-Authenticate: Bearer x\r\nProxy-Authenticate: Basic\r\n"
                  "Persistent-Auth: true\r\nStrict-Transport-Security: max-age=1\r\nAlt-Svc: h3\r\nConnection: X-Hop\r\nX-Hop: 1\r\n"
                  "Keep-Alive: timeout=5\r\nX-RMS-Connector-Entry-Sid: x\r\n")
        _, host = self.start(lambda connection, request: connection.send(answer(b"body", fields=fields)))
        got = self.call(host)
        for name, value in (("Content-Type", "application/soap+xml"), ("Content-Encoding", "gzip"), ("Server", "T"), ("X-Trace", "1"),
                            ("Date", "Mon, 01 Jan 2024 00:00:00 GMT"), ("WWW-Authenticate", "Negotiate cmVwbHk=")):
            self.assertEqual(got.get_all(name), [value])
        for name in ("Set-Cookie", "Proxy-Authenticate", "Persistent-Auth", "Strict-Transport-Security", "Alt-Svc",
                     "Connection", "X-Hop", "Keep-Alive", "X-RMS-Connector-Entry-Sid"):
            self.assertEqual(got.get_all(name), [], name)

    def test_interim_answers_are_skipped(self):
        _, host = self.start(lambda connection, request: connection.send(
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + answer(b"body")))
        self.assertEqual(self.call(host).body, b"body")

    def test_admitted_call_is_reported(self):
        _, host = self.start()
        self.call(host)
        self.assertEqual(host.seen("ADMITTED"), ["ADMITTED CONTOSO\\1001 http"])
        with Client(host.tls_port, tls=self.pki.client_context()) as client:
            client.send(post())
            client.answer()
        self.assertEqual(host.seen("ADMITTED")[1:], ["ADMITTED CONTOSO\\1001 https"])


def cut_after(data):
    def behaviour(connection, request):
        connection.send(data)
        connection.cut()
    return behaviour


def saying(data):
    return lambda connection, request: connection.send(data)


class OutageTest(RelayCase):
    # What the tenant does, and what event 3000 says of it.
    TABLE = [
        ("502", saying(answer(b"x", "502 Bad Gateway")), "status 502"),
        ("503", saying(answer(b"x", "503 Service Unavailable")), "status 503"),
        ("504", saying(answer(b"x", "504 Gateway Timeout")), "status 504"),
        ("501", saying(answer(b"x", "501 Not Implemented")), "status 501"),
        ("401", saying(answer(b"x", "401 Unauthorized")), "credential (status 401)"),
        ("403", saying(answer(b"x", "403 Forbidden")), "credential (status 403)"),
        ("404", saying(answer(b"x", "404 Not Found")), "status 404"),
        ("407", saying(answer(b"x", "407 Proxy Authentication Required")), "status 407"),
        ("429", saying(answer(b"x", "429 Too Many Requests")), "status 429"),
        ("301", saying(answer(b"", "301 Moved Permanently", "Location: https://elsewhere/\r\n")), "status 301"),
        ("302 with a body", saying(answer(b"x" * 200000, "302 Found", "Location: https://elsewhere/\r\n")), "status 302"),
        ("101", saying(b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"), "status 101"),
        ("200 without a body", saying(answer(b"")), "Empty response"),
        ("200 with no chunks", saying(chunked(b"")), "Empty response"),
        ("204", saying(b"HTTP/1.1 204 No Content\r\n\r\n"), "Empty response"),
        ("500 without a body", saying(answer(b"", "500 Internal Server Error")), "Empty response"),
        ("web page", saying(answer(b"<html>", fields="Content-Type: text/html\r\n")), "web page"),
        ("not HTTP", saying(b"SSH-2.0-OpenSSH\r\n\r\n"), "none of its service"),
        ("lines end in LF", saying(b"HTTP/1.1 200 OK\nContent-Length: 1\n\nx"), "none of its service"),
        ("two lengths", saying(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx"), "none of its service"),
        ("length and chunked", saying(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), "none of its"),
        ("unknown coding", saying(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"), "none of its service"),
        ("HTTP/2.0", saying(b"HTTP/2.0 200 OK\r\nContent-Length: 1\r\n\r\nx"), "none of its service"),
        ("huge head", saying(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100000 + b"\r\n\r\n"), "too large"),
        ("huge head that never ends", saying(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 20000), "too large"),
        ("many fields", saying(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 101 + b"\r\n"), "too many"),
        ("length beyond the limit", saying(b"HTTP/1.1 200 OK\r\nContent-Length: 67108865\r\n\r\n"), "too large"),
        ("bad chunk", saying(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), "before its answer was complete"),
        ("cut before the answer", cut_after(b""), "before its answer was complete"),
        ("cut inside the head", cut_after(b"HTTP/1.1 200 OK\r\nContent-Le"), "before its answer was complete"),
        ("cut after the head", cut_after(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"), "before its answer was complete"),
        ("cut inside the body", cut_after(answer(b"0123456789")[:-3]), "before its answer was complete"),
        ("cut inside chunks", cut_after(chunked(b"0123456789" * 100, end=b"")), "before its answer was complete"),
        ("cut without length", cut_after(answer(b"0123456789", length=False)), "before its answer was complete"),
    ]

    def test_table(self):
        for name, behaviour, event in self.TABLE:
            with self.subTest(name):
                tenant, host = self.start(behaviour)
                with Client(host.port) as client:
                    client.send(post())
                    self.assert_fault(client.answer())
                    self.assertTrue(client.is_alive())
                self.assertIn(event, "".join(host.seen("EVENT 3000")))
                # The outage ends: the next call is served.
                tenant.behaviour = echo
                self.assertEqual(self.call(host).status, 200)

    def test_answers_about_the_request_pass(self):
        for status in ("400 Bad Request", "405 Method Not Allowed", "413 Content Too Large", "415 Unsupported Media Type"):
            with self.subTest(status):
                _, host = self.start(saying(answer(b"told so", status)))
                got = self.call(host)
                self.assertEqual((got.status, got.body), (int(status[:3]), b"told so"))
                self.assertEqual(host.seen("EVENT 3000"), [])

    def test_fault_speaks_the_version_of_the_request(self):
        _, host = self.start(saying(answer(b"x", "503 Service Unavailable")))
        for content_type, soap12 in ((SOAP11, False), (SOAP12, True), ("application/soap+xml", True), ("APPLICATION/SOAP+XML;x", True),
                                     ("application/soap+xmlx", False), ("", False)):
            with self.subTest(content_type):
                got = self.call(host, post(fields=EXCHANGE + "Content-Type: %s\r\n" % content_type))
                self.assert_fault(got, soap12)

    def test_nobody_listens(self):
        tenant, host = self.start()
        tenant.close()
        self.assert_fault(self.call(host))
        self.assertIn("refused", "".join(host.seen("EVENT 3000")))

    def test_name_does_not_resolve(self):
        _, host = self.start()
        host.command("tenant https://does-not-exist.invalid")
        self.assert_fault(self.call(host))
        self.assertIn("could not be resolved", "".join(host.seen("EVENT 3000")))

    def test_silent_tenant(self):
        def silence(connection, request):
            connection.read()
        _, host = self.start(silence, answer="300")
        self.assert_fault(self.call(host))
        self.assertIn("in time", "".join(host.seen("EVENT 3000")))

    def test_tenant_falls_silent_inside_the_answer(self):
        def begins(connection, request):
            connection.send(answer(b"0123456789")[:-3])
            connection.read()
        _, host = self.start(begins, answer="300")
        self.assert_fault(self.call(host))

    def test_silent_handshake(self):
        def silence(sock):
            while sock.recv(65536):
                pass
            return True
        _, host = self.start(raw=silence, connect="300")
        self.assert_fault(self.call(host))
        self.assertIn("handshake", "".join(host.seen("EVENT 3000")))

    def test_handshake_is_cut(self):
        _, host = self.start(raw=lambda sock: sock.recv(10) and True)
        self.assert_fault(self.call(host))
        self.assertIn("TLS", "".join(host.seen("EVENT 3000")))

    def test_certificates_that_are_not_good(self):
        self.pki.make_ca("other")
        for name, certificate, event in (
                ("another authority", self.pki.issue("stranger", ["DNS:localhost"], ca="other"), "certificate"),
                ("another name", self.pki.issue("misnamed", ["DNS:elsewhere.example"]), "ost"),
                ("expired", self.pki.issue("expired", ["DNS:localhost"], days="-1"), "expired"),
                ("partial wildcard", self.pki.issue("partial", ["DNS:local*"]), "ost")):
            with self.subTest(name):
                tenant, host = self.start(certificate=certificate)
                self.assert_fault(self.call(host))
                events = "".join(host.seen("EVENT 3000"))
                self.assertIn("TLS", events)
                self.assertIn(event, events)
                self.assertTrue(tenant.requests.empty())

    def test_old_tls(self):
        def old(sock):
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*self.certificate)
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1_1
            context.wrap_socket(sock, server_side=True)
            return True
        _, host = self.start(raw=old)
        self.assert_fault(self.call(host))

    def test_cut_after_bytes_were_forwarded(self):
        """Too late for a fault: the caller must not take what it has for the whole."""
        body = noise(3 * MEBIBYTE)
        for data in (answer(body)[:-MEBIBYTE], chunked(body, end=b"")):
            _, host = self.start(cut_after(data))
            with Client(host.port) as client:
                client.send(post())
                with self.assertRaises((EOFError, ConnectionResetError)):
                    client.answer()

    def test_cut_is_no_end_for_http10(self):
        body = noise(3 * MEBIBYTE)
        _, host = self.start(cut_after(chunked(body, end=b"")))
        with Client(host.port) as client:
            client.send(post(version="HTTP/1.0"))
            with self.assertRaises(ConnectionResetError):
                client.answer()

    def test_one_event_a_minute(self):
        _, host = self.start(saying(answer(b"x", "503 Service Unavailable")))
        for _ in range(5):
            self.assert_fault(self.call(host))
        self.assertEqual(len(host.seen("EVENT 3000")), 1)

    def test_no_credential(self):
        tenant, host = self.start()
        host.command("token tenant-token 0")
        self.assert_fault(self.call(host))
        self.assertIn("credential", "".join(host.seen("EVENT 3000")))
        for text in ("a\tb", "a\x7f", "ä"):
            host.command("token %s 100" % text)
            self.assert_fault(self.call(host))
        host.command("token fresh-token 100")
        self.assertEqual(self.call(host).status, 200)
        self.assertEqual(tenant.take().get("Authorization"), "Bearer fresh-token")
        self.assertTrue(tenant.requests.empty())


class PoolTest(RelayCase):
    def test_connections_are_kept(self):
        tenant, host = self.start()
        for _ in range(20):
            self.assertEqual(self.call(host).status, 200)
        self.assertEqual(tenant.connections, 1)

    def test_sessions_are_resumed(self):
        def once(connection, request):
            connection.send(answer(b"x", fields="Connection: close\r\n"))
        tenant, host = self.start(once)
        for _ in range(3):
            self.assertEqual(self.call(host).status, 200)
        self.assertEqual(tenant.resumed, [False, True, True])

    def test_idle_connection_that_ended(self):
        """The tenant ends it while it is idle: nobody notices."""
        ended = threading.Semaphore(0)

        def then_end(connection, request):
            connection.send(answer(b"x"))
            connection.socket.unwrap().close()  # returns when the connector has ended its side, too
            ended.release()
            raise EOFError
        _, host = self.start(then_end)
        for _ in range(20):
            self.assertEqual(self.call(host).status, 200)
            ended.acquire()
        self.assertEqual(host.seen("EVENT 3000"), [])

    def test_bytes_behind_the_answer(self):
        """They belong to nothing that was asked; the connection is not used again."""
        tenant, host = self.start(lambda connection, request: connection.send(answer(b"good") + answer(b"poison")))
        for _ in range(3):
            self.assertEqual(self.call(host).body, b"good")
        self.assertEqual(tenant.connections, 3)

    def test_idle_connections_end(self):
        ended = threading.Event()

        def until_idle(connection, request):
            connection.send(answer(b"x"))
            try:
                connection.read()
            except EOFError:
                ended.set()
                raise
        _, host = self.start(until_idle, **{"upstream-idle": "100"})
        self.assertEqual(self.call(host).status, 200)
        self.assertTrue(ended.wait(30))

    def test_addresses_are_tried_in_turn(self):
        def once(connection, request):
            connection.send(answer(b"x", fields="Connection: close\r\n"))
        for kind in ("refuses", "is silent"):
            with self.subTest(kind):
                tenant, host = self.start(once, connect="2000")
                host.command("addresses 127.0.0.78 127.0.0.1")
                if kind == "is silent":
                    silent = socket.create_server(("127.0.0.78", tenant.port))
                    self.addCleanup(silent.close)
                self.assertEqual(self.call(host).status, 200)
                # The one that worked comes first from now on.
                host.command("tick")
                if kind == "is silent":
                    silent.close()
                with socket.create_server(("127.0.0.78", tenant.port)) as unwanted:
                    unwanted.setblocking(False)
                    self.assertEqual(self.call(host).status, 200)
                    with self.assertRaises(BlockingIOError):
                        unwanted.accept()
                self.assertEqual(host.seen("EVENT 3000"), [])

    def test_every_address_fails(self):
        tenant, host = self.start()
        host.command("addresses 127.0.0.78 127.0.0.79")
        self.assert_fault(self.call(host))
        self.assertIn("refused", "".join(host.seen("EVENT 3000")))

    def test_waiting_first_come_first_served(self):
        go = threading.Semaphore(0)
        tenant, host = self.start(lambda connection, request: (go.acquire(), echo(connection, request)),
                                  **{"upstream-connections": "1", "upstream-waiting": "2"})
        clients = [Client(host.port) for _ in range(4)]
        for number, client in enumerate(clients[:3]):
            client.send(post(b"call %d" % number))
            if number == 0:
                tenant.take()
            host.command("tick")
        # One is served, two wait, the fourth is one too many.
        clients[3].send(post(b"call 3"))
        self.assert_fault(clients[3].answer())
        self.assertIn("Too many", "".join(host.seen("EVENT 3000")))
        for number, client in enumerate(clients[:3]):
            go.release()
            self.assertEqual(client.answer().body, b"call %d" % number)
            client.socket.close()
        clients[3].socket.close()
        self.assertEqual(tenant.connections, 1)

    def test_waiting_has_an_end(self):
        go = threading.Event()
        tenant, host = self.start(lambda connection, request: (go.wait(), echo(connection, request)),
                                  **{"upstream-connections": "1", "connect": "300"})
        with Client(host.port) as first:
            first.send(post())
            tenant.take()
            self.assert_fault(self.call(host))
            go.set()
            self.assertEqual(first.answer().status, 200)

    def test_caller_gone_before_the_answer(self):
        """Its call is broken off; the connection to the tenant is not used for another."""
        gone = threading.Event()

        def until_gone(connection, request):
            if request.body == b"<last/>":
                return echo(connection, request)
            try:
                connection.read()
            except (EOFError, OSError):
                gone.set()
            raise EOFError
        tenant, host = self.start(until_gone)
        client = Client(host.port)
        client.send(post())
        tenant.take()
        # A reset, as of a process that was killed.
        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        client.socket.close()
        self.assertTrue(gone.wait(30))
        self.assertEqual(self.call(host, post(b"<last/>")).body, b"<last/>")

    def test_caller_that_ended_its_side_still_gets_its_answer(self):
        go = threading.Event()
        tenant, host = self.start(lambda connection, request: (go.wait(), echo(connection, request)))
        with Client(host.port) as client:
            client.send(post(b"hello"))
            client.socket.shutdown(socket.SHUT_WR)
            tenant.take()
            go.set()
            self.assertEqual(client.answer().body, b"hello")

    def test_caller_gone_while_waiting(self):
        go = threading.Event()
        tenant, host = self.start(lambda connection, request: (go.wait(), echo(connection, request)),
                                  **{"upstream-connections": "1"})
        with Client(host.port) as first:
            first.send(post(b"first"))
            tenant.take()
            second = Client(host.port)
            second.send(post(b"second"))
            host.command("tick")
            second.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            second.socket.close()
            host.command("tick")
            go.set()
            self.assertEqual(first.answer().body, b"first")
        self.assertEqual(self.call(host, post(b"third")).body, b"third")

    def test_tenant_and_token_change(self):
        first, host = self.start()
        second = Tenant(*self.certificate)
        self.addCleanup(second.close)
        with Client(host.port) as client:
            client.send(post())
            client.answer()
            host.command("tenant " + second.url)
            host.command("token other-token 60")
            client.send(post())
            client.answer()
        self.assertEqual(first.take().get("Authorization"), "Bearer tenant-token")
        self.assertEqual(second.take().get("Authorization"), "Bearer other-token")
        self.assertTrue(first.requests.empty())

    def test_tenant_changes_under_a_call(self):
        go = threading.Event()
        first, host = self.start(lambda connection, request: (go.wait(), echo(connection, request)))
        second = Tenant(*self.certificate)
        self.addCleanup(second.close)
        with Client(host.port) as client:
            client.send(post(b"old"))
            first.take()
            host.command("tenant " + second.url)
            go.set()
            self.assertEqual(client.answer().body, b"old")
            client.send(post(b"new"))
            self.assertEqual(client.answer().body, b"new")
        self.assertEqual(second.take().body, b"new")

    def test_many_callers_at_once(self):
        tenant, host = self.start()
        failures = []

        def caller(seed):
            try:
                with Client(host.port) as client:
                    for turn in range(10):
                        body = noise(1000 + 997 * seed, seed * 100 + turn)
                        client.send(post(body))
                        if client.answer().body != body:
                            failures.append(seed)
            except (OSError, EOFError, AssertionError) as error:
                failures.append(repr(error))
        threads = [threading.Thread(target=caller, args=(seed,)) for seed in range(40)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [])
        self.assertLessEqual(tenant.connections, 40)

    def test_stop_under_load(self):
        """Everything under way is dropped without a leak."""
        tenant, host = self.start(lambda connection, request: connection.read())
        clients = [Client(host.port) for _ in range(5)]
        for client in clients:
            client.send(post())
            tenant.take()
        host.close()
        for client in clients:
            client.socket.close()


class ProxyTest(RelayCase):
    """Through an outbound proxy; TLS stays between the connector and its tenant."""

    def start_behind(self, behaviour=None, **options):
        proxy = Proxy(behaviour)
        self.addCleanup(proxy.close)
        tenant, host = self.start(proxy=proxy.url, **options)
        return proxy, tenant, host

    def test_calls(self):
        proxy, tenant, host = self.start_behind()
        for size in (1, 200 * 1024, 5 * MEBIBYTE):
            body = noise(size)
            got = self.call(host, post(body))
            self.assertTrue(got.body == body)
            tenant.take()
        # One tunnel served them all, and the proxy was told a name and a port.
        authority = "localhost:%d" % tenant.port
        self.assertEqual(proxy.heads.get(), "CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n" % (authority, authority))
        self.assertTrue(proxy.heads.empty())

    def test_sessions_are_resumed(self):
        def once(connection, request):
            connection.send(answer(b"x", fields="Connection: close\r\n"))
        _, tenant, host = self.start_behind()
        tenant.behaviour = once
        for _ in range(3):
            self.assertEqual(self.call(host).status, 200)
        self.assertEqual(tenant.resumed, [False, True, True])

    def test_byte_by_byte(self):
        def slowly(sock, head):
            for byte in b"HTTP/1.1 403 Forbidden\r\nX: y\r\n\r\n":
                sock.sendall(bytes((byte,)))
        _, _, host = self.start_behind(slowly)
        self.assert_fault(self.call(host))
        self.assertIn("status 403", "".join(host.seen("EVENT 3000")))

    def test_refusals(self):
        def saying_so(data):
            return lambda sock, head: sock.sendall(data)
        for name, behaviour, event in (
                ("403", saying_so(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 1\r\n\r\nx"), "status 403"),
                ("407", saying_so(b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n"), "wants a password"),
                ("502", saying_so(b"HTTP/1.0 502 Bad Gateway\r\n\r\n"), "status 502"),
                ("301", saying_so(b"HTTP/1.1 301 Moved\r\nLocation: http://x/\r\n\r\n"), "status 301"),
                ("100", saying_so(b"HTTP/1.1 100 Continue\r\n\r\n"), "status 100"),
                ("no HTTP", saying_so(b"220 mail.example ESMTP\r\n\r\n"), "no HTTP"),
                ("lines end in LF", saying_so(b"HTTP/1.1 200 OK\n\n"), "no HTTP"),
                ("huge", saying_so(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 10000), "too large"),
                ("speaks for the tenant", saying_so(b"HTTP/1.1 200 OK\r\n\r\n\x16\x03\x03"), "before the tenant could"),
                ("ends", lambda sock, head: None, "proxy ended"),
                ("silent", lambda sock, head: sock.recv(1), "in time"),
                ("plain text behind it", saying_so(b"HTTP/1.1 200 OK\r\n\r\n"), "TLS")):
            with self.subTest(name):
                proxy, tenant, host = self.start_behind(behaviour, connect="500")
                with Client(host.port) as client:
                    client.send(post())
                    self.assert_fault(client.answer())
                self.assertIn(event, "".join(host.seen("EVENT 3000")))
                self.assertNotIn("tenant-token", proxy.heads.get())
                # The way is free again: the next call is served.
                proxy.behaviour = None
                self.assertEqual(self.call(host).status, 200)

    def test_impostor_behind_the_proxy(self):
        """The proxy leads elsewhere: TLS finds out."""
        _, tenant, host = self.start_behind(certificate=self.pki.issue("impostor", ["DNS:elsewhere.example"]))
        self.assert_fault(self.call(host))
        self.assertIn("certificate", "".join(host.seen("EVENT 3000")))
        self.assertTrue(tenant.requests.empty())

    def test_proxy_is_away(self):
        proxy, _, host = self.start_behind()
        proxy.close()
        self.assert_fault(self.call(host))
        self.assertIn("refused", "".join(host.seen("EVENT 3000")))
        _, host = self.start(proxy="http://does-not-exist.invalid:3128")
        self.assert_fault(self.call(host))
        self.assertIn("proxy's name does-not-exist.invalid could not be resolved", "".join(host.seen("EVENT 3000")))

    def test_settings(self):
        for url in ("proxy.example:3128", "http://proxy.example", "https://proxy.example:3128", "http://user:secret@proxy.example:3128",
                    "http://proxy.example:3128/path", "http://proxy.example:3128?x", "http://:3128", "socks5://proxy.example:1080", ""):
            with self.subTest(url), self.assertRaises(RuntimeError) as caught:
                Host(PROGRAM, proxy=url)
            self.assertIn("http://host:port", str(caught.exception))
            self.assertNotIn("secret", str(caught.exception))


if __name__ == "__main__":
    unittest.main()
