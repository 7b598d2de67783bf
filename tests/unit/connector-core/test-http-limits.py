#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every ceiling of limits.h that a caller can reach: sizes, counts, connections, clocks; and the orderly end.

    test-http-limits.py HTTP-HOST
"""
import os
import resource
import socket
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from httphost import CLIENT, EXCHANGE, SERVER, SERVICE, Client, Host, Pki, request
from httptenant import Tenant, answer, echo

PROGRAM = sys.argv.pop(1)
CHUNKED = "Transfer-Encoding: chunked\r\n"
KIBIBYTE, MEBIBYTE = 1024, 1024 * 1024
MAX_HEADER, MAX_LINE, MAX_BODY, MAX_DISCARDED = 96 * KIBIBYTE, 8 * KIBIBYTE, 16 * MEBIBYTE, MEBIBYTE


def post(body, fields=EXCHANGE, **options):
    if "content-length" not in fields.lower() and "transfer-encoding" not in fields.lower():
        fields += "Content-Length: %d\r\n" % len(body)
    return request("POST", fields=fields, **options).encode("latin-1") + body


def padded(length, fields=EXCHANGE):
    """A GET whose head has exactly this many bytes."""
    short = len(request(fields=fields + "X: \r\n"))
    return request(fields=fields + "X: %s\r\n" % ("x" * (length - short)))


class SizeTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pki = Pki()
        cls.tenant = Tenant(*cls.pki.issue("tenant", ["DNS:localhost"]))
        cls.host = Host(PROGRAM, tenant=cls.tenant.url, ca=cls.pki.ca)

    @classmethod
    def tearDownClass(cls):
        cls.host.close()
        cls.tenant.close()
        cls.pki.close()

    def status(self, data):
        with Client(self.host.port) as client:
            try:
                client.send(data)
            except (BrokenPipeError, ConnectionResetError):
                pass
            return client.answer().status

    def test_head_bytes(self):
        self.assertEqual(self.status(padded(MAX_HEADER)), 200)
        self.assertEqual(self.status(padded(MAX_HEADER + 1)), 431)
        self.assertEqual(self.status(padded(4 * MAX_HEADER)), 431)

    def test_head_that_never_ends(self):
        self.assertEqual(self.status(request(fields=EXCHANGE)[:-2] + "X: y\r\n" * (MAX_HEADER // 6)), 431)
        self.assertEqual(self.status(request(fields=EXCHANGE)[:-2] + "X: " + "y" * MAX_HEADER), 431)

    def test_kerberos_token_of_64_kib(self):
        # 64 KiB in base64; the stand-in does not believe it, but it arrives whole.
        self.assertEqual(self.status(request(fields="Authorization: Negotiate %s\r\n" % ("A" * 87384))), 401)

    def test_field_count(self):
        self.assertEqual(self.status(request(fields=EXCHANGE + "X: y\r\n" * 98)), 200)
        self.assertEqual(self.status(request(fields=EXCHANGE + "X: y\r\n" * 99)), 431)

    def test_target_bytes(self):
        self.assertEqual(self.status(request(target=SERVICE + "?" + "x" * (MAX_LINE - len(SERVICE) - 1), fields=EXCHANGE)), 200)
        self.assertEqual(self.status(request(target=SERVICE + "?" + "x" * (MAX_LINE - len(SERVICE)), fields=EXCHANGE)), 414)
        self.assertEqual(self.status("GET /" + "x" * 3 * MAX_LINE), 414)

    def test_body_bytes(self):
        self.assertEqual(self.status(post(b"x" * MAX_BODY)), 200)
        self.assertEqual(self.status(request("POST", fields=EXCHANGE + "Content-Length: %d\r\n" % (MAX_BODY + 1))), 413)

    def test_chunked_body_bytes(self):
        chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
        head = request("POST", fields=EXCHANGE + CHUNKED).encode()
        self.assertEqual(self.status(head + chunk * 256 + b"0\r\n\r\n"), 200)
        self.assertEqual(self.status(head + chunk * 256 + b"1\r\nx\r\n0\r\n\r\n"), 413)

    def test_chunk_of_any_announced_size(self):
        head = request("POST", fields=EXCHANGE + CHUNKED).encode()
        self.assertEqual(self.status(head + b"fffffffffffffff0\r\n" + b"x" * (MAX_BODY + 1)), 413)
        self.assertEqual(self.status(head + b"10000000000000000\r\n"), 400)

    def test_chunk_framing_bytes(self):
        head = request("POST", fields=EXCHANGE + CHUNKED).encode()
        self.assertEqual(self.status(head + b"1\r\nx\r\n" * 20000 + b"0\r\n\r\n"), 200)
        self.assertEqual(self.status(head + b"1;" + b"e" * 20000 + b"\r\nx\r\n0\r\n\r\n"), 400)
        self.assertEqual(self.status(head + b"0" * 20000 + b"1\r\nx\r\n0\r\n\r\n"), 400)
        self.assertEqual(self.status(head + b"1\r\nx\r\n0\r\n" + b"T: y\r\n" * 5000 + b"\r\n"), 400)

    def test_bad_chunks(self):
        head = request("POST", fields=EXCHANGE + CHUNKED).encode()
        for chunks in (b"x\r\n", b"-1\r\n", b"0x1\r\nx\r\n", b" 1\r\nx\r\n", b"1 \r\nx\r\n", b"1\nx\n0\n\n", b"1\rx", b"1\r\nxx\r\n",
                       b"1\r\nx0\r\n\r\n", b"\r\n", b"1;\nx\r\n", b"0\r\nX: y\n\r\n", b"0\r\n: y\rz\r\n\r\n", b"1;a\rb\r\nx\r\n"):
            with self.subTest(chunks):
                self.assertEqual(self.status(head + chunks), 400)

    def test_discarded_bytes(self):
        """A stranger's body is thrown away up to a limit; beyond it the connection ends."""
        with Client(self.host.port) as client:
            client.send(post(b"x" * MAX_DISCARDED, fields=""))
            got = client.answer()
            self.assertEqual((got.status, got.get("Connection")), (401, None))
            self.assertTrue(client.is_alive())
        with Client(self.host.port) as client:
            client.send(request("POST", fields="Content-Length: %d\r\n" % (MAX_DISCARDED + 1)))
            got = client.answer()
            self.assertEqual((got.status, got.get("Connection")), (401, "close"))
            self.assertTrue(client.at_end())

    def test_discarded_chunks(self):
        chunk = b"8000\r\n" + b"x" * 32768 + b"\r\n"
        with Client(self.host.port) as client:
            client.send(request("POST", fields=CHUNKED).encode())
            self.assertEqual(client.answer().status, 401)
            try:
                for _ in range(1000):
                    client.send(chunk)
            except (BrokenPipeError, ConnectionResetError):
                return
            self.fail("32 MiB were read for a stranger")

    def test_never_relayed_for_strangers(self):
        with Client(self.host.port) as client:
            client.send(post(b"hello", fields=""))
            self.assertEqual(client.answer().status, 401)
        self.assertTrue(self.tenant.requests.empty() or self.tenant.take().get("Authorization"))

    def test_answer_survives_a_flood(self):
        """The refusal reaches a caller that is still sending."""
        for _ in range(5):
            self.assertEqual(self.status(b"POST %s HTTP/1.1\r\nHost: h\r\nContent-Length: 999999999\r\n\r\n" % SERVICE.encode() + b"x" * MEBIBYTE), 413)


class ConnectionTest(unittest.TestCase):
    def test_number_of_connections(self):
        """Beyond the limit callers wait until there is room; nobody is turned away."""
        with Host(PROGRAM, connections="3") as host:
            clients = [Client(host.port) for _ in range(3)]
            for client in clients:
                self.assertTrue(client.is_alive())
            with Client(host.port) as waiting:
                waiting.send("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n")
                # Those who were idle for less than a second are left alone, so first room has to be made.
                clients[0].socket.close()
                self.assertEqual(waiting.answer().status, 200)
            for client in clients[1:]:
                client.socket.close()
            self.assertEqual(len(host.seen("EVENT 3000 The connector holds as many connections")), 1)

    def test_idle_connections_make_room(self):
        with Host(PROGRAM, connections="2") as host:
            first, second = Client(host.port), Client(host.port)
            self.assertTrue(first.is_alive() and second.is_alive())
            with Client(host.port) as third:
                self.assertTrue(third.is_alive())
                self.assertTrue(first.at_end())
            first.socket.close()
            second.socket.close()

    def test_out_of_descriptors(self):
        limit = resource.getrlimit(resource.RLIMIT_NOFILE)
        with Host(PROGRAM) as host:
            open_now = len(os.listdir("/proc/%d/fd" % host.process.pid))
            resource.prlimit(host.process.pid, resource.RLIMIT_NOFILE, (open_now + 2, limit[1]))
            first, second = Client(host.port), Client(host.port)
            self.assertTrue(first.is_alive() and second.is_alive())
            with Client(host.port) as third:
                third.send("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n")
                host.wait("EVENT 3000 The connector cannot take another connection")
                first.socket.close()
                self.assertEqual(third.answer().status, 200)
            second.socket.close()

    def test_many_connections(self):
        with Host(PROGRAM) as host:
            clients = [Client(host.port) for _ in range(500)]
            for client in clients:
                client.send("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n")
            for client in clients:
                self.assertEqual(client.answer().status, 200)
                client.socket.close()


class ClockTest(unittest.TestCase):
    def ends(self, client):
        self.assertTrue(client.at_end())

    def test_head_has_to_come(self):
        with Host(PROGRAM, header="200") as host:
            with Client(host.port) as client:
                client.send("GET / HTTP/1.1\r\nHost")
                got = client.answer()
                self.assertEqual((got.status, got.get("Connection")), (408, "close"))
                self.ends(client)
            with Client(host.port) as silent:
                self.ends(silent)

    def test_trickle_does_not_help(self):
        with Host(PROGRAM, header="300") as host, Client(host.port) as client:
            client.send("GET / HTTP/1.1\r\n")
            began = time.monotonic()
            with self.assertRaises((BrokenPipeError, ConnectionResetError)):
                while time.monotonic() - began < 20:
                    client.send("X: y\r\n")
                    time.sleep(0.02)

    def test_second_head_has_to_come(self):
        with Host(PROGRAM, header="200", idle="60000") as host, Client(host.port) as client:
            self.assertTrue(client.is_alive())
            client.send("G")
            self.assertEqual(client.answer().status, 408)

    def test_idle_end(self):
        with Host(PROGRAM, idle="200", header="60000") as host, Client(host.port) as client:
            self.assertTrue(client.is_alive())
            self.ends(client)

    def test_body_of_a_stranger_has_to_come(self):
        with Host(PROGRAM, body="200") as host, Client(host.port) as client:
            client.send(request("POST", fields="Content-Length: 5\r\n"))
            self.assertEqual(client.answer().status, 401)
            self.ends(client)

    def test_body_of_a_call_has_to_come(self):
        pki = Pki()
        with Tenant(*pki.issue("tenant", ["DNS:localhost"])) as tenant:
            with Host(PROGRAM, tenant=tenant.url, ca=pki.ca, body="300") as host:
                for sent in (b"", b"x", b"x" * 100000):
                    with self.subTest(sent=len(sent)), Client(host.port) as client:
                        client.send(request("POST", fields=EXCHANGE + "Content-Length: 200000\r\n").encode() + sent)
                        got = client.answer()
                        self.assertEqual((got.status, got.get("Connection")), (408, "close"))
                        self.ends(client)
                self.assertTrue(tenant.requests.empty())
        pki.close()

    def test_slow_reader(self):
        pki = Pki()
        big = b"x" * (32 * MEBIBYTE)
        with Tenant(*pki.issue("tenant", ["DNS:localhost"]),
                    behaviour=lambda connection, request: connection.send(answer(big))) as tenant:
            with Host(PROGRAM, tenant=tenant.url, ca=pki.ca, write="300") as host:
                with Client(host.port, receive_buffer=4096) as client:
                    client.send(post(b"x"))
                    tenant.take()
                    # Not a byte is read until the connector has given up: then the rest is missing.
                    deadline = time.monotonic() + 30
                    while tenant.open and time.monotonic() < deadline:
                        time.sleep(0.05)
                    with self.assertRaises((EOFError, ConnectionResetError)):
                        client.answer()
                # It serves others as before.
                with Client(host.port) as other:
                    self.assertTrue(other.is_alive())
        pki.close()

    def test_peer_that_never_ends(self):
        """After the last answer the connector waits for the caller's end, but not for ever."""
        with Host(PROGRAM, linger="200") as host, Client(host.port) as client:
            client.send(request(fields=EXCHANGE + "Connection: close\r\n"))
            self.assertEqual(client.answer().status, 200)
            self.ends(client)
            with self.assertRaises((BrokenPipeError, ConnectionResetError)):
                for _ in range(1000):
                    client.send("x")
                    time.sleep(0.01)


class DrainTest(unittest.TestCase):
    def test_drain_without_callers(self):
        with Host(PROGRAM) as host:
            host.command("drain 60000")
            host.wait("DRAINED")
            with self.assertRaises(ConnectionRefusedError):
                Client(host.port)

    def test_drain_lets_calls_end(self):
        import threading
        pki = Pki()
        go = threading.Event()
        with Tenant(*pki.issue("tenant", ["DNS:localhost"]),
                    behaviour=lambda connection, request: (go.wait(), echo(connection, request))) as tenant:
            with Host(PROGRAM, tenant=tenant.url, ca=pki.ca) as host:
                with Client(host.port) as idle, Client(host.port) as busy:
                    self.assertTrue(idle.is_alive())
                    busy.send(post(b"hello"))
                    tenant.take()
                    host.command("drain 60000")
                    self.assertTrue(idle.at_end())
                    self.assertEqual(host.seen("DRAINED"), [])
                    go.set()
                    got = busy.answer()
                    self.assertEqual(got.body, b"hello")
                    host.wait("DRAINED")
        pki.close()

    def test_drain_has_a_deadline(self):
        pki = Pki()
        with Tenant(*pki.issue("tenant", ["DNS:localhost"]), behaviour=lambda connection, request: connection.read()) as tenant:
            with Host(PROGRAM, tenant=tenant.url, ca=pki.ca) as host, Client(host.port) as client:
                client.send(post(b"hello"))
                tenant.take()
                host.command("drain 200")
                host.wait("DRAINED")
                self.assertTrue(client.at_end())
        pki.close()


if __name__ == "__main__":
    unittest.main()
