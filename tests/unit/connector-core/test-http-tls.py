#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTPS towards callers: what is spoken and what is not, and the errors of a wrong set-up.

    test-http-tls.py HTTP-HOST
"""
import os
import socket
import ssl
import subprocess
import sys
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

    def test_certificates_that_callers_will_refuse(self):
        expired = self.pki.issue("expired", ["DNS:" + NAME], days="-1")
        elsewhere = self.pki.issue("elsewhere", ["DNS:elsewhere.example"])
        for (cert, key), says in ((expired, "has expired"), (elsewhere, "does not name " + NAME)):
            with Host(PROGRAM, https="127.0.0.1:0", cert=cert, key=key) as host:
                self.assertIn(says, "".join(host.seen("EVENT 3000")))
        with Host(PROGRAM, https="127.0.0.1:0", cert=self.certificate, key=self.key) as host:
            self.assertEqual(host.seen("EVENT"), [])


if __name__ == "__main__":
    unittest.main()
