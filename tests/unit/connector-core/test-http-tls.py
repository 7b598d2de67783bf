#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTPS towards callers: what is spoken and what is not, and the errors of a wrong set-up.

    test-http-tls.py HTTP-HOST
"""
import http.server
import os
import queue
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from httphost import EXCHANGE, PATIENCE, SERVER, Client, Host, Pki, request

PROGRAM = sys.argv.pop(1)
NAME = "rmsconnector.contoso.example"


class TlsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pki = Pki()
        cls.certificate, cls.key = cls.pki.issue("connector", ["DNS:" + NAME])
        cls.host = Host(PROGRAM, https="127.0.0.1:0", cert=cls.certificate, key=cls.key)

    @classmethod
    def tearDownClass(cls):
        cls.host.close()
        cls.pki.close()

    def context(self, **options):
        context = self.pki.client_context()
        for name, value in options.items():
            setattr(context, name, value)
        return context

    def page(self, context):
        with Client(self.host.tls_port, tls=context) as client:
            client.send(request(fields=EXCHANGE))
            return client.answer().status, client.socket.version(), client.socket.cipher()[0]

    def test_versions(self):
        for version, says in ((ssl.TLSVersion.TLSv1_2, "TLSv1.2"), (ssl.TLSVersion.TLSv1_3, "TLSv1.3")):
            status, spoken, _ = self.page(self.context(minimum_version=version, maximum_version=version))
            self.assertEqual((status, spoken), (200, says))

    def test_old_versions_are_refused(self):
        for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
            context = self.context(minimum_version=version, maximum_version=version)
            context.set_ciphers("ALL:@SECLEVEL=0")
            with self.assertRaises((ssl.SSLError, ConnectionResetError)):
                self.page(context)

    def test_ciphers(self):
        good = ("ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305",
                "ECDHE-ECDSA-AES256-SHA384", "ECDHE-ECDSA-AES128-SHA256")
        for name in good:
            context = self.context(maximum_version=ssl.TLSVersion.TLSv1_2)
            context.set_ciphers(name)
            self.assertEqual(self.page(context)[2], name)
        for name in ("ECDHE-ECDSA-AES128-SHA", "AES128-GCM-SHA256", "aNULL", "AES256-SHA"):
            context = self.context(maximum_version=ssl.TLSVersion.TLSv1_2)
            context.set_ciphers(name + ":@SECLEVEL=0")
            with self.assertRaises((ssl.SSLError, ConnectionResetError)):
                self.page(context)

    def test_sessions_resume(self):
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            context = self.context(minimum_version=version, maximum_version=version)
            with Client(self.host.tls_port, tls=context) as first:
                first.send(request(fields=EXCHANGE))
                first.answer()
                session = first.socket.session
            raw = socket.create_connection((SERVER, self.host.tls_port), timeout=PATIENCE)
            with context.wrap_socket(raw, server_hostname=NAME, session=session) as second:
                second.sendall(request(fields=EXCHANGE).encode())
                self.assertTrue(second.recv(100))
                self.assertTrue(second.session_reused)

    def test_alpn(self):
        for offered, chosen in ((["h2", "http/1.1"], "http/1.1"), (["http/1.1"], "http/1.1")):
            context = self.context()
            context.set_alpn_protocols(offered)
            with Client(self.host.tls_port, tls=context) as client:
                self.assertEqual(client.socket.selected_alpn_protocol(), chosen)
        context = self.context()
        context.set_alpn_protocols(["h2"])
        with self.assertRaises((ssl.SSLError, ConnectionResetError)):
            Client(self.host.tls_port, tls=context)

    def test_no_renegotiation(self):
        talk = subprocess.run(["openssl", "s_client", "-connect", "%s:%d" % (SERVER, self.host.tls_port), "-tls1_2", "-CAfile", self.pki.ca],
                              input=b"R\n", capture_output=True, timeout=PATIENCE, check=False)
        self.assertIn(b"RENEGOTIATING", talk.stdout + talk.stderr)
        self.assertRegex(talk.stdout + talk.stderr, b"no renegotiation|alert|error")

    def test_plain_http_is_told(self):
        with Client(self.host.tls_port) as client:
            client.send(request())
            answer = client.answer()
            self.assertEqual((answer.status, answer.get("Connection")), (400, "close"))
            self.assertIn("https://", answer.body.decode())
            self.assertTrue(client.at_end())

    def test_garbage(self):
        for data in (b"\0" * 100, b"\x16\x03\x01\xff\xff" + b"x" * 100, b"\x80\x2e\x01\0\x02" + b"x" * 50):
            with Client(self.host.tls_port) as client:
                client.send(data)
                client.socket.shutdown(socket.SHUT_WR)
                try:
                    while client.socket.recv(1000):
                        pass
                except ConnectionResetError:
                    pass

    def test_byte_by_byte(self):
        """Every record in pieces: reads that want to write, and the reverse, find their way."""
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            context = self.context(minimum_version=version, maximum_version=version)
            incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
            tls = context.wrap_bio(incoming, outgoing, server_hostname=NAME)
            with Client(self.host.tls_port) as client:
                def pump(action):
                    while True:
                        try:
                            result = action()
                            blocked = False
                        except ssl.SSLWantReadError:
                            blocked = True
                        for byte in outgoing.read():
                            client.send(bytes((byte,)))
                        if not blocked:
                            return result
                        data = client.socket.recv(7)
                        if not data:
                            raise EOFError
                        incoming.write(data)
                pump(tls.do_handshake)
                pump(lambda: tls.write(request(fields=EXCHANGE).encode()))
                data = b""
                while b"</html>" not in data:
                    data += pump(lambda: tls.read(4096))
                self.assertTrue(data.startswith(b"HTTP/1.1 200 OK\r\n"))

    def test_caller_that_does_not_trust_us(self):
        with Host(PROGRAM, https="127.0.0.1:0", cert=self.certificate, key=self.key) as host:
            with self.assertRaises(ssl.SSLError):
                Client(host.tls_port, tls=ssl.create_default_context())
            line = host.wait("EVENT 3000")
            self.assertIn("did not accept the connector's certificate", line)
            self.assertIn("127.0.0.9", line)


class SetUpTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pki = Pki()
        cls.certificate, cls.key = cls.pki.issue("connector", ["DNS:" + NAME])

    @classmethod
    def tearDownClass(cls):
        cls.pki.close()

    def error(self, **keys):
        keys.setdefault("https", "127.0.0.1:0")
        with self.assertRaises(RuntimeError) as caught:
            Host(PROGRAM, **keys)
        return str(caught.exception)

    def test_errors_name_file_and_remedy(self):
        nothing, garbage = self.pki.path("nothing.pem"), self.pki.path("garbage.pem")
        with open(garbage, "w", encoding="ascii") as file:
            file.write("not PEM\n")
        other = self.pki.issue("other", ["DNS:other.example"])[1]
        locked = self.pki.path("locked.key")
        subprocess.run(["openssl", "ec", "-in", self.key, "-aes128", "-passout", "pass:secret", "-out", locked],
                       check=True, capture_output=True)
        for cert, key, file, remedy in ((nothing, self.key, nothing, "readable"), (garbage, self.key, garbage, "PEM"),
                                        (self.certificate, nothing, nothing, "readable"), (self.certificate, garbage, garbage, "PEM"),
                                        (self.certificate, other, other, "is not the key of the certificate"),
                                        (self.certificate, locked, locked, "without a passphrase")):
            with self.subTest(cert=cert, key=key):
                text = self.error(cert=cert, key=key)
                self.assertIn(file, text)
                self.assertIn(remedy, text)

    def test_upstream_authorities(self):
        self.assertIn("/nowhere.pem", self.error(cert=self.certificate, key=self.key, ca="/nowhere.pem"))

    def test_addresses(self):
        for address, says in (("nonsense", "not an address"), ("rmsconnector.example:80", "not an address"),
                              ("192.0.2.1:80", "Cannot listen on 192.0.2.1:80")):
            with self.subTest(address):
                self.assertIn(says, self.error(http=address, cert=self.certificate, key=self.key))
        with socket.create_server((SERVER, 0)) as taken:
            address = "%s:%d" % taken.getsockname()
            text = self.error(http=address, cert=self.certificate, key=self.key)
            self.assertIn(address, text)
            self.assertIn("another program", text)

    def test_ipv6(self):
        try:
            socket.create_server(("::1", 0), family=socket.AF_INET6).close()
        except OSError:
            self.skipTest("no IPv6 here")
        with Host(PROGRAM, http="[::1]:0") as host:
            with socket.create_connection(("::1", host.port), timeout=PATIENCE) as client:
                client.sendall(request(fields=EXCHANGE).encode())
                self.assertTrue(client.recv(100).startswith(b"HTTP/1.1 200 OK"))



class CertificateTest(unittest.TestCase):
    """What is said of a certificate before a caller says it, and its replacement while callers are connected."""

    @classmethod
    def setUpClass(cls):
        cls.pki = Pki()
        cls.addClassCleanup(cls.pki.close)

    def start(self, certificate, key, **keys):
        host = Host(PROGRAM, https="127.0.0.1:0", cert=certificate, key=key, **keys)
        self.addCleanup(host.close)
        return host

    def test_judgement(self):
        """What refuses to start is in SetUpTest; everything else starts, and warns."""
        name = ["DNS:" + NAME]
        self.pki.issue_ca("below")
        self.pki.make_ca("other")
        rows = [
            ("good", name, {}, []),
            ("wildcard", ["DNS:*.contoso.example"], {}, []),
            ("one of several names", ["DNS:node1.contoso.example", "DNS:RMSconnector.Contoso.example"], {}, []),
            (NAME, [], {}, []),  # in the CN alone
            ("expired", name, {"days": "-1"}, ["has expired"]),
            ("ends soon", name, {"days": "29"}, ["expires on"]),
            ("ends not so soon", name, {"days": "31"}, []),
            ("elsewhere", ["DNS:elsewhere.example"], {}, ["does not name " + NAME]),
            (NAME + " ", ["DNS:elsewhere.example"], {}, ["does not name " + NAME]),
            ("parent", ["DNS:contoso.example"], {}, ["does not name " + NAME]),
            ("for clients", name, {"extensions": "extendedKeyUsage=clientAuth\n"}, ["not meant for servers"]),
            ("for servers", name, {"extensions": "extendedKeyUsage=serverAuth\n"}, []),
            ("expired elsewhere", ["DNS:elsewhere.example"], {"days": "-1"}, ["has expired", "does not name"]),
        ]
        for common_name, names, options, says in rows:
            with self.subTest(common_name):
                host = self.start(*self.pki.issue(common_name, names, **options))
                self.check_warnings(host, says)
        leaf, key = self.pki.issue("leaf", name, ca="below")
        chains = [
            ("with its issuer", [leaf, self.pki.path("below.pem")], []),
            ("with its issuer and the root", [leaf, self.pki.path("below.pem"), self.pki.ca], []),
            ("root before issuer", [leaf, self.pki.ca, self.pki.path("below.pem")], ["out of order"]),
            ("a stranger behind", [leaf, self.pki.path("other.pem")], ["out of order"]),
        ]
        for label, files, says in chains:
            with self.subTest(label):
                self.check_warnings(self.start(self.join("chain", files), key), says)

    def join(self, name, files):
        path = self.pki.path(name + ".pem")
        with open(path, "wb") as chain:
            for file in files:
                with open(file, "rb") as piece:
                    chain.write(piece.read())
        return path

    def check_warnings(self, host, says):
        warnings = host.seen("EVENT 4011")
        self.assertEqual(len(warnings), len(says), warnings)
        for warning, text in zip(warnings, says):
            self.assertIn(text, warning)
        self.assertEqual(len(host.seen("EVENT 4010")), 1)

    def test_description(self):
        certificate, key = self.pki.issue("described", ["DNS:" + NAME])
        line = self.start(certificate, key).seen("EVENT 4010")[0]
        fingerprint = subprocess.run(["openssl", "x509", "-in", certificate, "-noout", "-fingerprint", "-sha256"],
                                     check=True, capture_output=True, text=True).stdout.strip().split("=")[1].replace(":", "").lower()
        for text in ("CN=described", "issued by CN=Test ca", "SHA-256 " + fingerprint, "leads to CN=Test ca", "does not know"):
            self.assertIn(text, line)

    def replace(self, path, other):
        """As an administrator's script does it: never half written."""
        shutil.copy(other, path + ".new")
        os.replace(path + ".new", path)

    def serial(self, host):
        context = self.pki.client_context()
        with Client(host.tls_port, tls=context) as client:
            return client.socket.getpeercert()["serialNumber"]

    def wait_serial(self, host, before):
        """New connections until one gets another certificate than `before`."""
        deadline = time.monotonic() + PATIENCE
        while (serial := self.serial(host)) == before:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.1)
        return serial

    def test_replaced_while_callers_are_connected(self):
        certificate, key = self.pki.issue("before", ["DNS:" + NAME])
        after = self.pki.issue("after", ["DNS:" + NAME])
        host = self.start(certificate, key)
        first = self.serial(host)
        with Client(host.tls_port, tls=self.pki.client_context()) as connected:
            self.assertTrue(connected.is_alive())
            self.replace(certificate, after[0])
            # Until the key follows, the two do not fit together, and the old ones go on.
            self.assertEqual(self.serial(host), first)
            self.replace(key, after[1])
            self.wait_serial(host, first)
            # Whoever was connected still is, on the certificate that it knows.
            self.assertTrue(connected.is_alive())
        taken = host.seen("EVENT 4010")
        self.assertEqual(len(taken), 2)
        self.assertIn("was replaced", taken[1])
        self.assertEqual(host.seen("EVENT 4012"), [])

    def test_replaced_by_something_useless(self):
        certificate, key = self.pki.issue("kept", ["DNS:" + NAME])
        good = self.pki.issue("next", ["DNS:" + NAME])
        host = self.start(certificate, key)
        first = self.serial(host)
        with open(self.pki.path("garbage"), "w", encoding="ascii") as file:
            file.write("not PEM\n")
        self.replace(certificate, self.pki.path("garbage"))
        deadline = time.monotonic() + PATIENCE
        while not host.seen("EVENT 4012"):
            self.assertEqual(self.serial(host), first)
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.2)
        self.assertIn(certificate, host.seen("EVENT 4012")[0])
        self.replace(key, good[1])
        self.replace(certificate, good[0])
        self.wait_serial(host, first)
        self.assertEqual(len(host.seen("EVENT 4012")), 1)

    def test_revocation_lists(self):
        """Fetched as callers will fetch them."""
        lists = {"/good": self.pki.revocation_list(), "/old": self.pki.revocation_list(days="-1"), "/page": b"<html>", "/other": b"\x30\x03\x02\x01\x01"}

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                asked.put(self.path)
                body = lists.get(self.path)
                self.send_response(200 if body else 404)
                self.send_header("Content-Type", "application/pkix-crl")
                self.send_header("Content-Length", str(len(body or b"")))
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, *_):
                pass
        asked = queue.Queue()
        server = http.server.ThreadingHTTPServer((SERVER, 0), Handler)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        self.addCleanup(server.server_close)
        self.addCleanup(thread.join)
        self.addCleanup(server.shutdown)
        with socket.create_server((SERVER, 0)) as closed:
            nobody = closed.getsockname()[1]
        for path, port, says in (("/good", server.server_port, None), ("/old", server.server_port, "out of date"),
                                 ("/page", server.server_port, "cannot be fetched"),
                                 ("/other", server.server_port, "no revocation list"), ("/none", server.server_port, "cannot be fetched"),
                                 ("/nobody", nobody, "cannot be fetched")):
            with self.subTest(path):
                url = "http://%s:%d%s" % (SERVER, port, path)
                host = self.start(*self.pki.issue("crl", ["DNS:" + NAME], extensions="crlDistributionPoints=URI:%s,URI:ldap:///CN=x\n" % url))
                if port != nobody:
                    self.assertEqual(asked.get(timeout=PATIENCE), path)
                if says:
                    line = host.wait("EVENT 4011")
                    self.assertIn(says, line)
                    self.assertIn(url, line)
                else:
                    self.assertEqual(host.seen("EVENT 4011"), [])

    def test_strict_transport_security(self):
        """Only where there is nothing but HTTPS to be had; on every answer."""
        certificate, key = self.pki.issue("strict", ["DNS:" + NAME])
        for http_address, says in ((None, "max-age=31536000"), (SERVER + ":0", None)):
            host = self.start(certificate, key, http=http_address)
            with Client(host.tls_port, tls=self.pki.client_context()) as client:
                for text in (request(fields=EXCHANGE), request(), request(target="/x"), request("POST", fields=EXCHANGE, body="x"),
                             "nonsense\r\n\r\n"):
                    client.send(text)
                    self.assertEqual(client.answer().get("Strict-Transport-Security"), says)
            # Never in plain text.
            with Client(host.tls_port) as client:
                client.send(request())
                self.assertIsNone(client.answer().get("Strict-Transport-Security"))
            if http_address:
                with Client(host.port) as client:
                    client.send(request())
                    self.assertIsNone(client.answer().get("Strict-Transport-Security"))


if __name__ == "__main__":
    unittest.main()
