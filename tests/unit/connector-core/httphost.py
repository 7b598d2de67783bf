# SPDX-License-Identifier: GPL-3.0-or-later
"""What the socket tests of the connector's HTTP share: the http-host program, raw connections, certificates.

Deterministic: everything waits for an answer, an end or a line, never for a length of time.
"""
import os
import queue
import re
import socket
import ssl
import subprocess
import tempfile
import threading

# Only a hang reaches it.
PATIENCE = float(os.environ.get("TEST_PATIENCE", "30"))
SERVER = "127.0.0.1"
# Callers come from another address than the server's: the same one would be the same machine.
CLIENT = "127.0.0.9"
SERVICE = "/_wmcs/certification/servercertification.asmx"
EXCHANGE = "Authorization: Negotiate test:S-1-5-21-1-2-3-1001\r\n"
FCI = "Authorization: Negotiate test:S-1-5-21-1-2-3-1002\r\n"
OUTSIDER = "Authorization: Negotiate test:S-1-5-21-1-2-3-9999\r\n"


class Host:
    """The program under test; its lines go to a queue."""

    def __init__(self, program, **keys):
        keys.setdefault("http", SERVER + ":0")
        keys = {name: value for name, value in keys.items() if value is not None}
        # Freed memory is to be given back, or nothing could be said about how much is held.
        options = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=1"
        self.process = subprocess.Popen([program] + ["%s=%s" % pair for pair in keys.items()],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        env=dict(os.environ, ASAN_OPTIONS=options))
        self.lines = queue.Queue()
        self.log = []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        words = self.wait("READY|ERROR").split()
        if words[0] == "ERROR":
            self.process.wait()
            raise RuntimeError(" ".join(words[1:]))
        self.port, self.tls_port, self.metrics_port = (int(word) for word in words[1:])

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))
        self.lines.put(None)

    def wait(self, pattern):
        """The next line that starts with `pattern`; those before it stay in `log`."""
        while True:
            line = self.lines.get(timeout=PATIENCE)
            if line is None:
                raise AssertionError("the host ended; seen: %r" % self.log)
            self.log.append(line)
            if re.match(pattern, line):
                return line

    def command(self, text):
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()
        self.wait("OK$")

    def seen(self, pattern):
        """Lines so far that start with `pattern`; a command's answer makes sure that all are here."""
        self.command("tick")
        return [line for line in self.log if re.match(pattern, line)]

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()

    def close(self):
        """Ends the host; a leak or an error that a sanitizer found is a failure."""
        if self.process.poll() is None:
            self.process.stdin.write("quit\n")
            self.process.stdin.flush()
        code = self.process.wait(timeout=PATIENCE)
        self.process.stdin.close()
        self.reader.join(timeout=PATIENCE)
        self.process.stdout.close()
        if code != 0:
            raise AssertionError("the host ended with status %d" % code)


class Answer:
    def __init__(self, status, fields, body, raw_head):
        self.status, self.fields, self.body, self.raw_head = status, fields, body, raw_head

    def get(self, name):
        values = [value for key, value in self.fields if key.lower() == name.lower()]
        return values[0] if values else None

    def get_all(self, name):
        return [value for key, value in self.fields if key.lower() == name.lower()]


class Client:
    """One raw connection."""

    def __init__(self, port, tls=None, source=CLIENT, receive_buffer=None):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.socket.settimeout(PATIENCE)
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.bind((source, 0))
        self.socket.connect((SERVER, port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_hostname="rmsconnector.contoso.example")
        self.buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data.encode("latin-1") if isinstance(data, str) else data)

    def _more(self):
        data = self.socket.recv(262144)
        self.buffer += data
        return bool(data)

    def _until(self, mark):
        while mark not in self.buffer:
            if not self._more():
                raise EOFError("ended after %r" % self.buffer)
        at = self.buffer.index(mark) + len(mark)
        piece, self.buffer = self.buffer[:at], self.buffer[at:]
        return piece

    def _exactly(self, length):
        pieces, have = [], 0
        while have < length:
            if not self.buffer and not self._more():
                raise EOFError("ended after %d of %d bytes" % (have, length))
            pieces.append(self.buffer[:length - have])
            self.buffer = self.buffer[length - have:]
            have += len(pieces[-1])
        return b"".join(pieces)

    def answer(self, head_only=False):
        """One answer by its framing; `head_only` for HEAD."""
        head = self._until(b"\r\n\r\n").decode("latin-1")
        lines = head.split("\r\n")
        assert re.match(r"HTTP/1\.1 \d\d\d .+", lines[0]), lines[0]
        fields = [tuple(part.strip() for part in line.split(":", 1)) for line in lines[1:] if line]
        answer = Answer(int(lines[0].split(" ")[1]), fields, b"", head)
        if head_only or answer.status == 100:
            return answer
        if (answer.get("Transfer-Encoding") or "").lower() == "chunked":
            pieces = []
            while True:
                size = int(self._until(b"\r\n"), 16)
                pieces.append(self._exactly(size))
                assert self._exactly(2) == b"\r\n"
                if size == 0:
                    answer.body = b"".join(pieces)
                    return answer
        length = answer.get("Content-Length")
        if length is None:
            pieces = [self.buffer]
            while True:
                self.buffer = b""
                if not self._more():
                    break
                pieces.append(self.buffer)
            answer.body = b"".join(pieces)
        else:
            answer.body = self._exactly(int(length))
        return answer

    def at_end(self):
        """Waits for the server to end the connection in good order; whether nothing more came."""
        try:
            while not self.buffer and self._more():
                pass
        except ConnectionResetError:
            pass
        return not self.buffer

    def is_alive(self):
        """Whether the connection still takes requests: an OPTIONS * needs nobody's leave."""
        try:
            self.send("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n")
            return self.answer().status == 200
        except (EOFError, OSError):
            return False


def request(method="GET", target=SERVICE, fields="", body="", version="HTTP/1.1", host="Host: rmsconnector.contoso.example\r\n"):
    """A request as text; `body` sets its Content-Length unless `fields` frames it."""
    if body and "content-length" not in fields.lower() and "transfer-encoding" not in fields.lower():
        fields += "Content-Length: %d\r\n" % len(body)
    return "%s %s %s\r\n%s%s\r\n%s" % (method, target, version, host, fields, body)


class Pki:
    """A throwaway authority and certificates, made by openssl."""

    def __init__(self):
        self.directory = tempfile.TemporaryDirectory(prefix="rms-pki-")
        self.ca = self._make_ca("ca")

    def path(self, name):
        return os.path.join(self.directory.name, name)

    def _openssl(self, *argv):
        subprocess.run(("openssl",) + argv, check=True, capture_output=True)

    def _make_ca(self, name):
        self._openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "300",
                      "-subj", "/CN=Test " + name, "-addext", "keyUsage=critical,keyCertSign,cRLSign",
                      "-keyout", self.path(name + ".key"), "-out", self.path(name + ".pem"))
        return self.path(name + ".pem")

    def make_ca(self, name):
        return self._make_ca(name)

    def issue(self, name, names, ca="ca", days="300", extensions="", key="ec"):
        """A certificate for `names` (`DNS:…` or `IP:…`); days < 0: expired. Returns (certificate, key)."""
        curve = ["-pkeyopt", "ec_paramgen_curve:P-256"] if key == "ec" else []
        self._openssl("req", "-new", "-newkey", key, *curve, "-nodes", "-subj", "/CN=" + name,
                      "-keyout", self.path(name + ".key"), "-out", self.path(name + ".csr"))
        with open(self.path(name + ".ext"), "w", encoding="ascii") as file:
            file.write(("subjectAltName=%s\n" % ",".join(names) if names else "") + extensions)
        self._openssl("x509", "-req", "-in", self.path(name + ".csr"), "-CA", self.path(ca + ".pem"),
                      "-CAkey", self.path(ca + ".key"), "-CAcreateserial", "-days", days,
                      "-extfile", self.path(name + ".ext"), "-out", self.path(name + ".pem"))
        return self.path(name + ".pem"), self.path(name + ".key")

    def issue_ca(self, name, ca="ca"):
        """An authority below another. Returns its certificate."""
        self.issue(name, [], ca, extensions="basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n")
        return self.path(name + ".pem")

    def revocation_list(self, ca="ca", days="30"):
        """An empty one of `ca`, as bytes."""
        work = self.path(ca + "-crl")
        os.makedirs(work, exist_ok=True)
        with open(work + "/index", "w", encoding="ascii"):
            pass
        with open(work + "/conf", "w", encoding="ascii") as file:
            file.write("[ca]\ndefault_ca = own\n[own]\ndatabase = %s/index\ndefault_md = sha256\n" % work)
        times = ["-crldays", days] if int(days) > 0 else ["-crl_lastupdate", "200101000000Z", "-crl_nextupdate", "200201000000Z"]
        self._openssl("ca", "-gencrl", "-config", work + "/conf", "-cert", self.path(ca + ".pem"), "-keyfile", self.path(ca + ".key"),
                      *times, "-out", work + "/crl.pem")
        self._openssl("crl", "-in", work + "/crl.pem", "-outform", "DER", "-out", work + "/crl.der")
        with open(work + "/crl.der", "rb") as file:
            return file.read()

    def client_context(self):
        context = ssl.create_default_context(cafile=self.ca)
        return context

    def close(self):
        self.directory.cleanup()
