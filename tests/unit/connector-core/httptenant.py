# SPDX-License-Identifier: GPL-3.0-or-later
"""A tenant to relay to, over TLS, that does to the connector whatever a test wants."""
import queue
import socket
import ssl
import threading

from httphost import PATIENCE

HOST = "localhost"


class Request:
    def __init__(self, line, fields, body, chunked):
        self.line, self.fields, self.body, self.chunked = line, fields, body, chunked

    def get(self, name):
        values = self.get_all(name)
        return values[0] if values else None

    def get_all(self, name):
        return [value for key, value in self.fields if key.lower() == name.lower()]


class Connection:
    """One connection from the connector; the behaviour writes to it what it likes."""

    def __init__(self, tenant, sock, number):
        self.tenant, self.socket, self.number = tenant, sock, number
        self.buffer = b""

    def send(self, data):
        self.socket.sendall(data)

    def _more(self):
        data = self.socket.recv(262144)
        if not data:
            raise EOFError
        self.buffer += data

    def _until(self, mark):
        while mark not in self.buffer:
            self._more()
        at = self.buffer.index(mark) + len(mark)
        piece, self.buffer = self.buffer[:at], self.buffer[at:]
        return piece

    def _exactly(self, length):
        pieces, have = [], 0
        while have < length:
            if not self.buffer:
                self._more()
            piece, self.buffer = self.buffer[:length - have], self.buffer[length - have:]
            pieces.append(piece)
            have += len(piece)
        return b"".join(pieces)

    def read_head(self):
        lines = self._until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        return lines[0], [tuple(part.strip() for part in line.split(":", 1)) for line in lines[1:] if line]

    def read(self):
        line, fields = self.read_head()
        names = {key.lower(): value for key, value in fields}
        body = b""
        chunked = names.get("transfer-encoding") == "chunked"
        if chunked:
            pieces = []
            while True:
                size = int(self._until(b"\r\n"), 16)
                pieces.append(self._exactly(size))
                assert self._exactly(2) == b"\r\n"
                if size == 0:
                    break
            body = b"".join(pieces)
        else:
            body = self._exactly(int(names.get("content-length", "0")))
        return Request(line, fields, body, chunked)

    def cut(self):
        """Ends without TLS's good-bye."""
        socket.socket.shutdown(self.socket, socket.SHUT_RDWR)
        raise EOFError


def answer(body, status="200 OK", fields="Content-Type: text/xml; charset=utf-8\r\n", length=True):
    head = "HTTP/1.1 %s\r\n%s" % (status, fields)
    if length:
        head += "Content-Length: %d\r\n" % len(body)
    return (head + "\r\n").encode() + body


def chunked(body, size=1000, status="200 OK", end=b"0\r\n\r\n"):
    head = "HTTP/1.1 %s\r\nContent-Type: text/xml\r\nTransfer-Encoding: chunked\r\n\r\n" % status
    pieces = [body[at:at + size] for at in range(0, len(body), size)]
    return head.encode() + b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + end


def echo(connection, request):
    """The answer's body is the request's, so that one look compares both directions."""
    connection.send(answer(request.body or b"<empty/>"))


class Proxy:
    """An outbound proxy that connects to wherever it is asked, or does what `behaviour(socket, head)` does instead of it."""

    def __init__(self, behaviour=None):
        self.behaviour = behaviour
        self.heads = queue.Queue()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = "http://127.0.0.1:%d" % self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock):
        sock.settimeout(PATIENCE)
        try:
            with sock:
                head = b""
                while b"\r\n\r\n" not in head:
                    piece = sock.recv(65536)
                    if not piece:
                        return
                    head += piece
                self.heads.put(head.decode("latin-1"))
                if self.behaviour is not None:
                    self.behaviour(sock, head)
                    return
                host, _, port = head.split(b" ")[1].decode().rpartition(":")
                with socket.create_connection((host, int(port)), timeout=PATIENCE) as other:
                    sock.sendall(b"HTTP/1.1 200 Connection established\r\nProxy-Agent: test\r\n\r\n")
                    back = threading.Thread(target=self._pump, args=(other, sock), daemon=True)
                    back.start()
                    self._pump(sock, other)
                    back.join()
        except OSError:
            pass

    @staticmethod
    def _pump(source, sink):
        try:
            while piece := source.recv(65536):
                sink.sendall(piece)
        except OSError:
            pass
        try:
            sink.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def close(self):
        try:
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.listener.close()


class Tenant:
    """`behaviour(connection, request)` is called for each request; what it raises ends the connection."""

    def __init__(self, certificate, key, behaviour=echo, raw=None):
        self.behaviour, self.raw = behaviour, raw
        self.requests = queue.Queue()
        self.connections = 0
        self.resumed = []
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, key)
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = self.listener.getsockname()[1]
        self.url = "https://%s:%d" % (HOST, self.port)
        self.open = set()
        self.lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(sock, self.connections), daemon=True).start()

    def _serve(self, sock, number):
        sock.settimeout(PATIENCE)
        with self.lock:
            self.open.add(sock)
        try:
            if self.raw is not None and self.raw(sock):
                return
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            tls = self.context.wrap_socket(sock, server_side=True)
            with self.lock:
                self.open.discard(sock)
                self.open.add(tls)
            sock = tls
            self.resumed.append(tls.session_reused)
            connection = Connection(self, tls, number)
            while True:
                request = connection.read()
                self.requests.put(request)
                self.behaviour(connection, request)
        except (EOFError, OSError):
            pass
        finally:
            with self.lock:
                self.open.discard(sock)
            sock.close()

    def take(self):
        """The next request that arrived whole."""
        return self.requests.get(timeout=PATIENCE)

    def close(self):
        try:
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.listener.close()
        with self.lock:
            for sock in list(self.open):
                try:
                    sock.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()
