# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests good and bad, and the answer to each: framing, smuggling, paths, methods, identity, admission; and whole attacks.

Data only. test-http-requests.py sends the table to the server itself, test-http-attacks.py the attacks, and both through the
balancers that administrators put in front.
"""
from httphost import EXCHANGE, OUTSIDER, SERVICE, request

CLOSE, KEEP = "close", "keep"
LICENSE = "/_wmcs/licensing/license.asmx"
CHUNKED = "Transfer-Encoding: chunked\r\n"


def post(fields="", body="", target=SERVICE, **options):
    return request("POST", target, fields, body, **options)


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

# Attacks on framing. Each hides a whole authorized call (SMUGGLED) where some server might take it for a request of its own,
# or lets a length and a coding disagree about where a body ends.
SMUGGLED = post(EXCHANGE, "smuggled", target=LICENSE)
IN_CHUNK = "%x\r\n%s\r\n0\r\n\r\n" % (len(SMUGGLED), SMUGGLED)
AFTER_CHUNK = "0\r\n\r\n" + SMUGGLED
LENGTH = "Content-Length: %d\r\n"


def framed(fields, body, **options):
    """An authorized POST with exactly these framing fields."""
    return "POST %s %s\r\nHost: rmsconnector.contoso.example\r\n%s%s\r\n%s" % (
        options.get("target", LICENSE), options.get("version", "HTTP/1.1"), EXCHANGE, fields, body)


# name, bytes, status of the first answer when nothing stands in front
ATTACKS = [
    # Length against coding
    ("CL.TE", framed(LENGTH % len(AFTER_CHUNK) + CHUNKED, AFTER_CHUNK), 400),
    ("TE.CL", framed(CHUNKED + LENGTH % 4, IN_CHUNK), 400),
    ("TE.CL, length first", framed(LENGTH % 4 + CHUNKED, IN_CHUNK), 400),
    ("coding after a tab", framed(LENGTH % len(AFTER_CHUNK) + "Transfer-Encoding:\tchunked\r\n", AFTER_CHUNK), 400),
    ("coding behind a vertical tab", framed(LENGTH % len(AFTER_CHUNK) + "Transfer-Encoding: \x0bchunked\r\n", AFTER_CHUNK), 400),
    ("coding behind a form feed", framed(LENGTH % len(AFTER_CHUNK) + "Transfer-Encoding: \x0cchunked\r\n", AFTER_CHUNK), 400),
    ("coding behind NUL", framed(LENGTH % len(AFTER_CHUNK) + "Transfer-Encoding: \x00chunked\r\n", AFTER_CHUNK), 400),
    ("coding in quotes", framed(LENGTH % len(AFTER_CHUNK) + 'Transfer-Encoding: "chunked"\r\n', AFTER_CHUNK), 400),
    ("coding with a prefix", framed(LENGTH % len(AFTER_CHUNK) + "Transfer-Encoding: xchunked\r\n", AFTER_CHUNK), 400),
    ("coding with a suffix", framed(LENGTH % len(AFTER_CHUNK) + "Transfer-Encoding: chunkedx\r\n", AFTER_CHUNK), 400),
    ("coding, then another", framed(CHUNKED + "Transfer-Encoding: cow\r\n" + LENGTH % 4, IN_CHUNK), 400),
    ("another coding, then chunked", framed("Transfer-Encoding: cow\r\n" + CHUNKED + LENGTH % 4, IN_CHUNK), 400),
    ("coding list that ends in another", framed("Transfer-Encoding: chunked, identity\r\n" + LENGTH % 4, IN_CHUNK), 400),
    ("coding list without length", framed("Transfer-Encoding: chunked, cow\r\n", IN_CHUNK), 400),
    ("identity beside a length", framed("Transfer-Encoding: identity\r\n" + LENGTH % len(AFTER_CHUNK), AFTER_CHUNK), 400),
    ("empty coding beside a length", framed("Transfer-Encoding:\r\n" + LENGTH % len(AFTER_CHUNK), AFTER_CHUNK), 400),
    ("empty list items", framed("Transfer-Encoding: ,chunked\r\n" + LENGTH % 4, IN_CHUNK), 400),
    ("HTTP/1.0 with both", framed(LENGTH % len(AFTER_CHUNK) + CHUNKED, AFTER_CHUNK, version="HTTP/1.0"), 400),
    ("space before the coding's colon", framed(LENGTH % len(AFTER_CHUNK) + "Transfer-Encoding : chunked\r\n", AFTER_CHUNK), 400),
    ("tab before the coding's colon", framed(LENGTH % len(AFTER_CHUNK) + "Transfer-Encoding\t: chunked\r\n", AFTER_CHUNK), 400),
    ("space before the length's colon", framed("Content-Length : 4\r\n" + CHUNKED, IN_CHUNK), 400),
    ("coding with an underscore is another field", framed(LENGTH % len(AFTER_CHUNK) + "Transfer_Encoding: chunked\r\n", AFTER_CHUNK), 200),
    ("length with an underscore is another field", framed(CHUNKED + "Content_Length: 4\r\n", IN_CHUNK), 200),
    # Lines and folding
    ("folded coding", framed(LENGTH % len(AFTER_CHUNK) + "Transfer-Encoding:\r\n chunked\r\n", AFTER_CHUNK), 400),
    ("coding folded into another field", framed(LENGTH % len(AFTER_CHUNK) + "X: y\r\n Transfer-Encoding: chunked\r\n", AFTER_CHUNK), 400),
    ("coding behind a bare LF", framed(LENGTH % len(AFTER_CHUNK) + "X: y\nTransfer-Encoding: chunked\r\n", AFTER_CHUNK), 400),
    ("coding behind a bare CR", framed(LENGTH % len(AFTER_CHUNK) + "X: y\rTransfer-Encoding: chunked\r\n", AFTER_CHUNK), 400),
    ("length behind a bare CR", framed(CHUNKED + "X: y\rContent-Length: 4\r\n", IN_CHUNK), 400),
    ("head that ends in LF LF", framed(LENGTH % len(SMUGGLED) + "X: y\n\n", SMUGGLED), 400),
    ("a request hidden in a field by CR", framed(LENGTH % 1 + "X: y\r\r" + SMUGGLED.replace("\r\n", "\r"), "x"), 400),
    ("field without a colon", framed(LENGTH % len(AFTER_CHUNK) + "Transfer-Encoding chunked\r\n", AFTER_CHUNK), 400),
    ("field without a name", framed(LENGTH % len(SMUGGLED) + ": chunked\r\n", SMUGGLED), 400),
    # Lengths
    ("two lengths, short first", framed(LENGTH % 1 + LENGTH % (1 + len(SMUGGLED)), "x" + SMUGGLED), 400),
    ("two lengths, long first", framed(LENGTH % (1 + len(SMUGGLED)) + LENGTH % 1, "x" + SMUGGLED), 400),
    ("the same length twice", framed((LENGTH % len(SMUGGLED)) * 2, SMUGGLED), 400),
    ("lengths in a list", framed("Content-Length: 1, %d\r\n" % (1 + len(SMUGGLED)), "x" + SMUGGLED), 400),
    ("length with a sign", framed("Content-Length: +%d\r\n" % len(SMUGGLED), SMUGGLED), 400),
    ("length below zero", framed("Content-Length: -1\r\n", SMUGGLED), 400),
    ("length in hexadecimal", framed("Content-Length: 0x%x\r\n" % len(SMUGGLED), SMUGGLED), 400),
    ("length with a fraction", framed("Content-Length: 1.0\r\n", "x" + SMUGGLED), 400),
    ("length with a blank inside", framed("Content-Length: 1 %d\r\n" % len(SMUGGLED), SMUGGLED), 400),
    ("length that wraps at 64 bits", framed("Content-Length: 18446744073709551617\r\n", "x" + SMUGGLED), 400),
    ("empty length", framed("Content-Length: \r\n", SMUGGLED), 400),
    # Chunks
    ("chunk size that wraps at 64 bits", framed(CHUNKED, "10000000000000001\r\nx\r\n0\r\n\r\n" + SMUGGLED), 400),
    ("chunk size in 0x", framed(CHUNKED, "0x1\r\nx\r\n0\r\n\r\n" + SMUGGLED), 400),
    ("chunk size below zero", framed(CHUNKED, "-1\r\nx\r\n0\r\n\r\n" + SMUGGLED), 400),
    ("chunk size behind a blank", framed(CHUNKED, " 1\r\nx\r\n0\r\n\r\n" + SMUGGLED), 400),
    ("chunk size with an underscore", framed(CHUNKED, "1_0\r\nx\r\n0\r\n\r\n" + SMUGGLED), 400),
    ("chunk without a size", framed(CHUNKED, "\r\nx\r\n0\r\n\r\n" + SMUGGLED), 400),
    ("chunk size ends in LF", framed(CHUNKED, "1\nx\r\n0\r\n\r\n" + SMUGGLED), 400),
    ("chunk size ends in CR", framed(CHUNKED, "1\rx\r\n0\r\n\r\n" + SMUGGLED), 400),
    ("chunk ends in LF", framed(CHUNKED, "1\r\nx\n0\r\n\r\n" + SMUGGLED), 400),
    ("chunk ends two bytes late", framed(CHUNKED, "1\r\nxyz0\r\n\r\n" + SMUGGLED), 400),
    ("chunk extension hides LF (TERM.EXT)", framed(CHUNKED, "2;\nxx\r\n%x\r\n0\r\n\r\n%s\r\n0\r\n\r\n" % (5 + len(SMUGGLED), SMUGGLED)), 400),
    ("chunk extension hides CR", framed(CHUNKED, "2;a\rb\r\nxx\r\n0\r\n\r\n" + SMUGGLED), 400),
    ("chunk extension of 20 KB", framed(CHUNKED, "1;%s\r\nx\r\n0\r\n\r\n" % ("e" * 20000)), 400),
    ("last chunk ends in LF", framed(CHUNKED, "1\r\nx\r\n0\n\n" + SMUGGLED), 400),
    ("trailer that frames", framed(CHUNKED, "1\r\nx\r\n0\r\nContent-Length: 5\r\nTransfer-Encoding: cow\r\n\r\n"), 400),
    ("trailer that authorizes", framed(CHUNKED, "1\r\nx\r\n0\r\n" + EXCHANGE + "\r\n").replace(EXCHANGE, "", 1), 401),
    ("trailer with a bare LF", framed(CHUNKED, "1\r\nx\r\n0\r\nX: y\n\r\n" + SMUGGLED), 400),
    # Bodies where nobody expects one
    ("GET with a body", request(fields=EXCHANGE, body=SMUGGLED), 200),
    ("OPTIONS with a body", request("OPTIONS", fields=EXCHANGE, body=SMUGGLED), 200),
    ("body of a path that is not", post(EXCHANGE, SMUGGLED, target="/nowhere"), 404),
    ("body of a method that is not allowed", request("PUT", fields=EXCHANGE, body=SMUGGLED), 405),
    ("body of a stranger", post("", SMUGGLED), 401),
    ("body of an outsider", post(OUTSIDER, SMUGGLED), 403),
    ("body of an unknown expectation", post(EXCHANGE + "Expect: x 100-continue\r\n", SMUGGLED), 417),
    ("upgrade to HTTP/2", request(fields=EXCHANGE + "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAA\r\n"), 200),
    ("upgrade to WebSocket", request(fields=EXCHANGE + "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                                     "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"), 200),
    # A hop told to drop what the next one needs
    ("length named as hop by hop", framed(LENGTH % 1 + "Connection: Content-Length\r\n", "x"), 200),
    ("coding named as hop by hop", framed(CHUNKED + "Connection: Transfer-Encoding\r\n", IN_CHUNK), 200),
    ("credential named as hop by hop", framed(LENGTH % 1 + "Connection: Authorization\r\n", "x"), 200),
    # The request line
    ("a request in the target", framed(LENGTH % 1, "x", target=LICENSE + "? HTTP/1.1\r\n X:"), 400),
    ("an encoded request in the target", framed(LENGTH % 1, "x", target=LICENSE + "?%20HTTP/1.1%0d%0aX:%20"), 200),
    ("another host in the target", framed(LENGTH % 1, "x", target="http://elsewhere.example" + LICENSE), 200),
    ("HTTP/0.9 behind a request", framed(LENGTH % 1, "x") + "GET /\r\n", 200),
]
